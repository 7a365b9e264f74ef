import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { AudioTransfer } from "./audio-transfer.ts";
import type { Cleanup } from "./cleanup.ts";
import type { AudioTransferConfig } from "./config.ts";
import { propsFromConfig } from "./config-props.ts";
import type { TransferApi } from "./transfer-api.ts";

/** A stack with one {@link AudioTransfer}, and what its user needs to start a transfer as outputs. */
export class AudioTransferStack extends Stack {
  /** The transfer. */
  readonly transfer: AudioTransfer;

  /** @throws {Error} naming the key and its bound when the configuration is impossible */
  constructor(scope: Construct, id: string, config: AudioTransferConfig = {}, props: StackProps = {}) {
    super(scope, id, { description: "Magic Hour audio to S3", ...props });
    this.transfer = new AudioTransfer(this, "AudioTransfer", propsFromConfig(this, config));
    this.addOutputs(this.transfer);
    this.addCleanupOutputs(this.transfer.cleanup);
    if (this.transfer.api) this.addApiOutputs(this.transfer.api);
  }

  private addOutputs({ stateMachine, bucket, apiKeySecret, notifier, watching }: AudioTransfer): void {
    new CfnOutput(this, "StateMachineArn", {
      value: stateMachine.stateMachineArn,
      description:
        'Start a transfer: aws stepfunctions start-execution --state-machine-arn <this> --input \'{"id":"…"}\'',
    });
    new CfnOutput(this, "BucketName", { value: bucket.bucketName, description: "Where outputs and manifests go" });
    new CfnOutput(this, "ApiKeySecretArn", {
      value: apiKeySecret.secretArn,
      description: "Fill it once: aws secretsmanager put-secret-value --secret-id <this> --secret-string mhk_…",
    });
    new CfnOutput(this, "SigningSecretArn", {
      value: notifier.signingSecret.secretArn,
      description:
        "What webhooks are signed with, for receivers: aws secretsmanager get-secret-value --secret-id <this>",
    });
    new CfnOutput(this, "DeliveryStateMachineArn", {
      value: notifier.stateMachine.stateMachineArn,
      description: "Undelivered: aws stepfunctions list-executions --status-filter FAILED --state-machine-arn <this>",
    });
    new CfnOutput(this, "AlarmTopicArn", {
      value: watching.topic.topicArn,
      description:
        "Hear of alarms: aws sns subscribe --topic-arn <this> --protocol email --notification-endpoint <address>",
    });
    new CfnOutput(this, "DashboardUrl", {
      value: watching.dashboard.url,
      description: "Everything at a glance; what alarms mean is in docs/operations.md",
    });
  }

  private addCleanupOutputs({ transferFunction, deadLetterQueue }: Cleanup): void {
    new CfnOutput(this, "CleanupFunctionName", {
      value: transferFunction.function.functionName,
      description: "Make a pass now: aws lambda invoke --function-name <this> /dev/stdout",
    });
    new CfnOutput(this, "CleanupDeadLetterQueueUrl", {
      value: deadLetterQueue.queueUrl,
      description: "Empty, unless passes of the cleanup failed",
    });
  }

  private addApiOutputs({ url, vendorWebhookUrl, vendorWebhookSecret }: TransferApi): void {
    new CfnOutput(this, "ApiUrl", {
      value: url,
      description: "The HTTP API, for requests signed with AWS credentials: curl --aws-sigv4 … <this>/transfers",
    });
    if (vendorWebhookUrl === undefined || !vendorWebhookSecret) return;
    new CfnOutput(this, "VendorWebhookUrl", {
      value: vendorWebhookUrl,
      description: "Register it with Magic Hour as a webhook for audio.completed and audio.errored",
    });
    new CfnOutput(this, "VendorWebhookSecretArn", {
      value: vendorWebhookSecret.secretArn,
      description: "Fill it with the secret of that webhook: aws secretsmanager put-secret-value --secret-id <this> …",
    });
  }
}
