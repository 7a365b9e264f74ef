import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Bucket, type IBucket } from "aws-cdk-lib/aws-s3";
import { type ISecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { defaultMaxOutputBytes, environmentNames, functionTimeoutSeconds } from "../../functions/contract.ts";
import { anyHost } from "../../functions/domain/endpoint.ts";
import { acknowledgeObjectWildcard } from "./acknowledged-wildcards.ts";
import { ApiKeySecret } from "./api-key-secret.ts";
import { type AudioTransferConfig, checkConfig } from "./config.ts";
import { Notifier } from "./notifier.ts";
import { NotifierAlarms } from "./notifier-alarms.ts";
import { OutputBucket } from "./output-bucket.ts";
import { TransferFunction } from "./transfer-function.ts";
import { TransferWorkflow } from "./transfer-workflow.ts";
import { WorkflowStateMachine } from "./workflow-state-machine.ts";

/** The functions of the two workflows, by their file names below functions/. */
export type TransferFunctionName = "check-status" | "download-outputs" | "delete-project" | "notify" | "deliver";

/** The whole transfer on AWS: the workflow, its functions, the bucket, the secret and the notifier. */
export class AudioTransfer extends Construct {
  /** Where outputs go. */
  readonly bucket: IBucket;
  /** Holds the vendor's API key. */
  readonly apiKeySecret: ISecret;
  /** Start an execution of it with `{"id": "<project id>"}`. */
  readonly stateMachine: StateMachine;
  /** Tells of each transfer's end. */
  readonly notifier: Notifier;
  /** Two alarms: of events that were not delivered, and of transfers that nobody was told of. */
  readonly alarms: NotifierAlarms;
  /** The functions that the workflows call. */
  readonly functions: Readonly<Record<TransferFunctionName, TransferFunction>>;

  /** @throws {Error} naming the property and its bound when the configuration is impossible */
  constructor(scope: Construct, id: string, config: AudioTransferConfig = {}) {
    super(scope, id);
    checkConfig(config);
    this.bucket = config.bucketName
      ? Bucket.fromBucketName(this, "Bucket", config.bucketName)
      : (new OutputBucket(this, "Bucket") as IBucket);
    this.apiKeySecret = config.apiKeySecretArn
      ? Secret.fromSecretCompleteArn(this, "ApiKey", config.apiKeySecretArn)
      : (new ApiKeySecret(this, "ApiKey") as ISecret);
    this.notifier = new Notifier(this, "Notifier", config);
    const { notify, deliver } = this.notifier;
    const copying = this.createFunctions(config);
    acknowledgeObjectWildcard(this.bucket, copying);
    this.functions = { ...copying, notify, deliver };
    const called = {
      checkStatus: copying["check-status"].function,
      downloadOutputs: copying["download-outputs"].function,
      deleteProject: copying["delete-project"].function,
      notify: notify.function,
    };
    const { stateMachine, logGroup } = new WorkflowStateMachine(this, "Workflow", {
      definition: new TransferWorkflow(this, "Definition", called).definition,
      functions: Object.values(called),
      comment: "Polls a Magic Hour audio project, copies its outputs to S3, deletes it if asked",
    });
    this.stateMachine = stateMachine;
    this.alarms = new NotifierAlarms(this, "Alarms", { deliveries: this.notifier.stateMachine, transferLog: logGroup });
  }

  private createFunctions({
    maxOutputBytes = defaultMaxOutputBytes,
    notifyHosts,
  }: AudioTransferConfig): Record<Exclude<TransferFunctionName, "notify" | "deliver">, TransferFunction> {
    const { bucket, apiKeySecret } = this;
    const readKey = new PolicyStatement({
      actions: ["secretsmanager:GetSecretValue"],
      resources: [apiKeySecret.secretArn],
    });
    const onObjects = (...actions: string[]) =>
      new PolicyStatement({ actions, resources: [bucket.arnForObjects("*")] });
    const onBucket = (...actions: string[]) => new PolicyStatement({ actions, resources: [bucket.bucketArn] });
    const vendor = { [environmentNames.apiKeySecret]: apiKeySecret.secretArn };
    const both = { ...vendor, [environmentNames.bucket]: bucket.bucketName };
    return {
      "check-status": new TransferFunction(this, "CheckStatus", {
        name: "check-status",
        description: "One poll of a Magic Hour audio project, and the decision what follows",
        timeoutSeconds: functionTimeoutSeconds.checkStatus,
        memoryMiB: 256,
        environment: { ...vendor, [environmentNames.notifyHosts]: notifyHosts?.join(",") ?? anyHost },
        statements: [readKey],
      }),
      "download-outputs": new TransferFunction(this, "DownloadOutputs", {
        name: "download-outputs",
        description: "Copies the outputs of a project to S3, verifies them and writes the manifest",
        timeoutSeconds: functionTimeoutSeconds.downloadOutputs,
        // One whole core, for TLS and two hashes over every byte.
        memoryMiB: 1_769,
        environment: { ...both, [environmentNames.maxOutputBytes]: String(maxOutputBytes) },
        statements: [
          readKey,
          onObjects("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"),
          // ListBucket makes S3 answer 404 instead of 403 for a key where nothing stands.
          onBucket("s3:ListBucket", "s3:ListBucketMultipartUploads"),
        ],
      }),
      "delete-project": new TransferFunction(this, "DeleteProject", {
        name: "delete-project",
        description: "Deletes a remote project after verifying every output in S3",
        timeoutSeconds: functionTimeoutSeconds.deleteProject,
        // One whole core: every byte is read back and hashed.
        memoryMiB: 1_769,
        environment: both,
        statements: [readKey, onObjects("s3:GetObject"), onBucket("s3:ListBucket")],
      }),
    };
  }
}
