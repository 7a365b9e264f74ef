import { Tokenization } from "aws-cdk-lib";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import {
  copyingNodeOptions,
  defaultMaxOutputBytes,
  environmentNames,
  functionTimeoutSeconds,
} from "../../functions/contract.ts";
import { defaultDeadlineSeconds } from "../../functions/domain/input.ts";
import { markerPrefix } from "../../functions/domain/marker.ts";
import { shortestIntervalSeconds } from "../../functions/domain/poll-schedule.ts";
import { acknowledgeWildcard } from "./acknowledged-wildcards.ts";
import { cleanupEnvironment } from "./cleanup-environment.ts";
import { hostList } from "./endpoints.ts";
import type { TransferSettings } from "./settings.ts";
import {
  cleanupKeys,
  neverOnObjects,
  onBucket,
  onObjects,
  readEncrypted,
  readSecrets,
  writeEncrypted,
} from "./statements.ts";
import { TransferFunction } from "./transfer-function.ts";

/** What the functions work on. */
export interface CopyingFunctionsProps {
  /** Where outputs go. */
  readonly bucket: IBucket;
  /** Holds the vendor's API key. */
  readonly apiKeySecret: ISecret;
  /** How they do it. */
  readonly settings: TransferSettings;
}

/** The functions that poll, copy and delete and leave the rest to the cleanup, by their file names below functions/. */
export function copyingFunctions(scope: Construct, props: CopyingFunctionsProps) {
  return {
    "check-status": checkStatus(scope, props),
    "download-outputs": downloadOutputs(scope, props),
    "delete-project": deleteProject(scope, props),
    "schedule-cleanup": scheduleCleanup(scope, props),
  };
}

/** Memory, in MiB, for one whole core (Lambda Developer Guide, "Configure memory"). */
export const wholeCore = 1_769;

/** Why objects are a wildcard in the permissions of what reads or writes outputs. */
export const keyIsChosen =
  "Object keys are chosen per transfer, so the key is a wildcard; no statement covers another bucket.";

/**
 * What Node is started with where outputs pass through. The variable is not among those that Lambda reserves (Lambda Developer
 * Guide, "Working with Lambda environment variables"); not verified against live AWS.
 */
const movingOutputs = { NODE_OPTIONS: copyingNodeOptions };

/** A number of the configuration for a function's environment; a token stays one. */
const text = (value: number): string => Tokenization.stringifyNumber(value);

function checkStatus(scope: Construct, { apiKeySecret, settings }: CopyingFunctionsProps): TransferFunction {
  const { deadlineSeconds = defaultDeadlineSeconds, pollIntervalSeconds = shortestIntervalSeconds } = settings;
  return new TransferFunction(scope, "CheckStatus", {
    name: "check-status",
    description: "One poll of a Magic Hour audio project, and the decision what follows",
    timeoutSeconds: functionTimeoutSeconds.checkStatus,
    memoryMiB: 256,
    reservedConcurrency: settings.maxConcurrentPolls,
    environment: {
      [environmentNames.apiKeySecret]: apiKeySecret.secretArn,
      [environmentNames.notifyHosts]: hostList(settings),
      [environmentNames.deadlineSeconds]: text(deadlineSeconds),
      [environmentNames.pollIntervalSeconds]: text(pollIntervalSeconds),
    },
    statements: readSecrets(apiKeySecret),
  });
}

function downloadOutputs(scope: Construct, props: CopyingFunctionsProps): TransferFunction {
  const { bucket, apiKeySecret, settings } = props;
  const { maxOutputBytes = defaultMaxOutputBytes } = settings;
  const created = new TransferFunction(scope, "DownloadOutputs", {
    name: "download-outputs",
    description: "Copies the outputs of a project to S3, verifies them and writes the manifest",
    timeoutSeconds: functionTimeoutSeconds.downloadOutputs,
    // For TLS and two hashes over every byte.
    memoryMiB: wholeCore,
    reservedConcurrency: settings.maxConcurrentCopies,
    environment: {
      ...vendorAndBucket(props),
      ...movingOutputs,
      [environmentNames.maxOutputBytes]: text(maxOutputBytes),
    },
    statements: [
      ...readSecrets(apiKeySecret),
      onObjects(bucket, "*", "s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"),
      // An output that could stand among the markers would be one: no input gets there, and no mistake shall.
      neverOnObjects(bucket, cleanupKeys, "s3:PutObject"),
      // ListBucket makes S3 answer 404 instead of 403 for a key where nothing stands.
      onBucket(bucket, "s3:ListBucket", "s3:ListBucketMultipartUploads"),
      ...writeEncrypted(bucket),
    ],
  });
  acknowledgeWildcard(created.policy, bucket.arnForObjects("*"), keyIsChosen);
  acknowledgeWildcard(created.policy, bucket.arnForObjects(cleanupKeys), "A refusal is to cover all there is.");
  return created;
}

function deleteProject(scope: Construct, props: CopyingFunctionsProps): TransferFunction {
  const { bucket, apiKeySecret } = props;
  const created = new TransferFunction(scope, "DeleteProject", {
    name: "delete-project",
    description: "Deletes a remote project after verifying every output in S3",
    timeoutSeconds: functionTimeoutSeconds.deleteProject,
    // Every byte is read back and hashed.
    memoryMiB: wholeCore,
    environment: { ...vendorAndBucket(props), ...movingOutputs },
    statements: [
      ...readSecrets(apiKeySecret),
      onObjects(bucket, "*", "s3:GetObject"),
      onBucket(bucket, "s3:ListBucket"),
      ...readEncrypted(bucket),
    ],
  });
  acknowledgeWildcard(created.policy, bucket.arnForObjects("*"), keyIsChosen);
  return created;
}

function scheduleCleanup(scope: Construct, { bucket, settings }: CopyingFunctionsProps): TransferFunction {
  const markers = `${markerPrefix}*`;
  const created = new TransferFunction(scope, "ScheduleCleanup", {
    name: "schedule-cleanup",
    description: "Leaves a marker in the bucket for what the cleanup has to finish",
    timeoutSeconds: functionTimeoutSeconds.scheduleCleanup,
    memoryMiB: 256,
    environment: {
      [environmentNames.bucket]: bucket.bucketName,
      ...cleanupEnvironment(settings),
    },
    statements: [onObjects(bucket, markers, "s3:PutObject"), ...writeEncrypted(bucket)],
  });
  acknowledgeWildcard(
    created.policy,
    bucket.arnForObjects(markers),
    "A marker's key begins with the time at which it is due, so the rest is a wildcard; nothing else can be written.",
  );
  return created;
}

function vendorAndBucket({ bucket, apiKeySecret }: CopyingFunctionsProps): Record<string, string> {
  return {
    [environmentNames.apiKeySecret]: apiKeySecret.secretArn,
    [environmentNames.bucket]: bucket.bucketName,
  };
}
