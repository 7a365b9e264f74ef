import type { IEventBus } from "aws-cdk-lib/aws-events";
import type { LogGroup } from "aws-cdk-lib/aws-logs";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { Cleanup } from "./cleanup.ts";
import { copyingFunctions } from "./copying-functions.ts";
import { EmptySecret } from "./empty-secret.ts";
import type { ByFunction } from "./function-names.ts";
import { Notifier } from "./notifier.ts";
import { OutputBucket } from "./output-bucket.ts";
import { type AudioTransferProps, checkProps } from "./props.ts";
import { checkRegion, checkSameRegion } from "./region.ts";
import { checkSoleBucket } from "./sole-bucket.ts";
import { TransferApi } from "./transfer-api.ts";
import { AudioTransferBase } from "./transfer-base.ts";
import type { TransferFunction } from "./transfer-function.ts";
import { TransferWorkflow } from "./transfer-workflow.ts";
import { Watching } from "./watching/watching.ts";
import { WorkflowStateMachine } from "./workflow-state-machine.ts";

/**
 * The whole transfer on AWS: the workflow, its functions, the bucket, the secrets, the notifier, the cleanup, the HTTP API
 * and the alarms. `new AudioTransfer(this, "AudioTransfer")` is enough; what you have, you bring as props.
 */
export class AudioTransfer extends AudioTransferBase {
  readonly bucket: IBucket;
  readonly stateMachine: StateMachine;
  readonly api?: TransferApi;
  readonly eventBus?: IEventBus;
  /** The transfer workflow's log. */
  readonly logGroup: LogGroup;
  /** Holds the vendor's API key. */
  readonly apiKeySecret: ISecret;
  /** Tells of each transfer's end. */
  readonly notifier: Notifier;
  /** Finishes what transfers left. */
  readonly cleanup: Cleanup;
  /** Metrics, alarms and a dashboard of all this. */
  readonly watching: Watching;
  /** All functions, by their file names below functions/. */
  readonly functions: ByFunction<TransferFunction>;

  /** @throws {Error} naming the property and its bound when the configuration is impossible */
  constructor(scope: Construct, id: string, props: AudioTransferProps = {}) {
    super(scope, id);
    checkProps(props);
    checkSameRegion(this, "bucket", props.bucket?.env.region);
    if (props.bucket) checkSoleBucket(this, props.bucket);
    checkRegion(this, "eventBus", props.eventBus?.eventBusArn);
    checkRegion(this, "alarmTopic", props.alarmTopic?.topicArn);
    if (props.eventBus) this.eventBus = props.eventBus;
    const key = props.encryptionKey && { encryptionKey: props.encryptionKey };
    this.bucket = props.bucket ?? (new OutputBucket(this, "Bucket", key) as IBucket);
    this.apiKeySecret =
      props.apiKeySecret ??
      (new EmptySecret(this, "ApiKey", { description: "Magic Hour API key (mhk_…)", ...key }) as ISecret);
    const { bucket, apiKeySecret } = this;
    this.notifier = new Notifier(this, "Notifier", { ...props, bucket });
    const { notify, deliver } = this.notifier;
    const copying = copyingFunctions(this, { bucket, apiKeySecret, settings: props });
    const { stateMachine, logGroup } = this.createWorkflow({ ...copying, notify }, props.deleteAfterDays !== undefined);
    this.stateMachine = stateMachine;
    this.logGroup = logGroup;
    const shared = { bucket, apiKeySecret, stateMachine, settings: props };
    this.cleanup = new Cleanup(this, "Cleanup", { ...shared, isOwnBucket: props.bucket === undefined });
    if (props.httpApi !== false) {
      this.api = new TransferApi(this, "Api", { ...shared, ...key, vendorWebhook: props.vendorWebhook ?? {} });
    }
    this.functions = {
      ...copying,
      notify,
      deliver,
      cleanup: this.cleanup.transferFunction,
      ...(this.api && { api: this.api.api }),
      ...(this.api?.receiveWebhook && { "receive-webhook": this.api.receiveWebhook }),
    };
    const { functions, cleanup, api } = this;
    const deliveries = this.notifier.stateMachine;
    const { alarmTopic } = props;
    const watched = { stateMachine, logGroup, deliveries, functions, cleanup, api };
    this.watching = new Watching(this, "Watching", { ...watched, alarmTopic });
  }

  private createWorkflow(
    functions: ReturnType<typeof copyingFunctions> & { readonly notify: TransferFunction },
    retention: boolean,
  ): WorkflowStateMachine {
    const called = {
      checkStatus: functions["check-status"].function,
      downloadOutputs: functions["download-outputs"].function,
      deleteProject: functions["delete-project"].function,
      scheduleCleanup: functions["schedule-cleanup"].function,
      notify: functions.notify.function,
    };
    return new WorkflowStateMachine(this, "Workflow", {
      definition: new TransferWorkflow(this, "Definition", { ...called, retention }).definition,
      functions: Object.values(called),
      comment: "Polls a Magic Hour audio project, copies its outputs to S3, deletes it if asked",
    });
  }
}
