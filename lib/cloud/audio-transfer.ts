import { Bucket, type IBucket } from "aws-cdk-lib/aws-s3";
import { type ISecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { defaultMaxOutputBytes, environmentNames, functionTimeoutSeconds } from "../../functions/contract.ts";
import { acknowledgeObjectWildcard } from "./acknowledged-wildcards.ts";
import { ApiKeySecret } from "./api-key-secret.ts";
import { type AudioTransferConfig, checkConfig, hostList } from "./config.ts";
import { copyingFunctions } from "./copying-functions.ts";
import { Notifier } from "./notifier.ts";
import { NotifierAlarms } from "./notifier-alarms.ts";
import { OutputBucket } from "./output-bucket.ts";
import { TransferFunction } from "./transfer-function.ts";
import { TransferWorkflow } from "./transfer-workflow.ts";
import { WorkflowStateMachine } from "./workflow-state-machine.ts";

/** The functions of the two workflows, by their file names below functions/. */
export type TransferFunctionName = "check-status" | "download-outputs" | "delete-project" | "schedule-cleanup" | "notify" | "deliver";

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
  /** Two alarms: of events that were not delivered, and of transfers that not everybody was told of. */
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
    const copying = copyingFunctions(this, {
      bucket: this.bucket,
      apiKeySecret: this.apiKeySecret,
      maxOutputBytes: config.maxOutputBytes ?? defaultMaxOutputBytes,
      notifyHosts: hostList(config),
    });
    acknowledgeObjectWildcard(this.bucket, copying);
    
    const schedule = new TransferFunction(this, "ScheduleCleanup", {
      name: "schedule-cleanup",
      description: "Leaves a marker for the cleanup",
      timeoutSeconds: functionTimeoutSeconds.scheduleCleanup,
      memoryMiB: 256,
      environment: { [environmentNames.bucket]: this.bucket.bucketName },
      statements: [],
    });
    const called = {
      scheduleCleanup: schedule.function,
      checkStatus: copying["check-status"].function,
      downloadOutputs: copying["download-outputs"].function,
      deleteProject: copying["delete-project"].function,
      notify: notify.function,
    };
    this.functions = { ...copying, "schedule-cleanup": schedule, notify, deliver };
    const { stateMachine, logGroup } = new WorkflowStateMachine(this, "Workflow", {
      definition: new TransferWorkflow(this, "Definition", { ...called, retention: false }).definition,
      functions: Object.values(called),
      comment: "Polls a Magic Hour audio project, copies its outputs to S3, deletes it if asked",
    });
    this.stateMachine = stateMachine;
    this.alarms = new NotifierAlarms(this, "Alarms", { deliveries: this.notifier.stateMachine, transferLog: logGroup });
  }
}
