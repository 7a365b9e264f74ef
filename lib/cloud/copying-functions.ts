import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { environmentNames, functionTimeoutSeconds } from "../../functions/contract.ts";
import { TransferFunction } from "./transfer-function.ts";

/** What the functions work on. */
export interface CopyingFunctionsProps {
  /** Where outputs go. */
  readonly bucket: IBucket;
  /** Holds the vendor's API key. */
  readonly apiKeySecret: ISecret;
  /** Largest output that is copied, in bytes. */
  readonly maxOutputBytes: number;
  /** Hosts that `notify` may name, as the functions' environment has them. */
  readonly notifyHosts: string;
}

/** The functions that poll, copy and delete, by their file names below functions/. */
export function copyingFunctions(scope: Construct, props: CopyingFunctionsProps) {
  return {
    "check-status": checkStatus(scope, props),
    "download-outputs": downloadOutputs(scope, props),
    "delete-project": deleteProject(scope, props),
  };
}

/** Memory, in MiB, for one whole core (Lambda Developer Guide, "Configure memory"). */
const wholeCore = 1_769;

function checkStatus(scope: Construct, { apiKeySecret, notifyHosts }: CopyingFunctionsProps): TransferFunction {
  return new TransferFunction(scope, "CheckStatus", {
    name: "check-status",
    description: "One poll of a Magic Hour audio project, and the decision what follows",
    timeoutSeconds: functionTimeoutSeconds.checkStatus,
    memoryMiB: 256,
    environment: {
      [environmentNames.apiKeySecret]: apiKeySecret.secretArn,
      [environmentNames.notifyHosts]: notifyHosts,
    },
    statements: [readKey(apiKeySecret)],
  });
}

function downloadOutputs(scope: Construct, props: CopyingFunctionsProps): TransferFunction {
  const { bucket, apiKeySecret, maxOutputBytes } = props;
  return new TransferFunction(scope, "DownloadOutputs", {
    name: "download-outputs",
    description: "Copies the outputs of a project to S3, verifies them and writes the manifest",
    timeoutSeconds: functionTimeoutSeconds.downloadOutputs,
    // For TLS and two hashes over every byte.
    memoryMiB: wholeCore,
    environment: { ...vendorAndBucket(props), [environmentNames.maxOutputBytes]: String(maxOutputBytes) },
    statements: [
      readKey(apiKeySecret),
      onObjects(bucket, "s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"),
      // ListBucket makes S3 answer 404 instead of 403 for a key where nothing stands.
      onBucket(bucket, "s3:ListBucket", "s3:ListBucketMultipartUploads"),
    ],
  });
}

function deleteProject(scope: Construct, props: CopyingFunctionsProps): TransferFunction {
  const { bucket, apiKeySecret } = props;
  return new TransferFunction(scope, "DeleteProject", {
    name: "delete-project",
    description: "Deletes a remote project after verifying every output in S3",
    timeoutSeconds: functionTimeoutSeconds.deleteProject,
    // Every byte is read back and hashed.
    memoryMiB: wholeCore,
    environment: vendorAndBucket(props),
    statements: [readKey(apiKeySecret), onObjects(bucket, "s3:GetObject"), onBucket(bucket, "s3:ListBucket")],
  });
}

function vendorAndBucket({ bucket, apiKeySecret }: CopyingFunctionsProps): Record<string, string> {
  return {
    [environmentNames.apiKeySecret]: apiKeySecret.secretArn,
    [environmentNames.bucket]: bucket.bucketName,
  };
}

function readKey(secret: ISecret): PolicyStatement {
  return new PolicyStatement({ actions: ["secretsmanager:GetSecretValue"], resources: [secret.secretArn] });
}

function onObjects(bucket: IBucket, ...actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: [bucket.arnForObjects("*")] });
}

function onBucket(bucket: IBucket, ...actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: [bucket.bucketArn] });
}
