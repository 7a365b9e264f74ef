import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { AudioTransfer } from "./audio-transfer.ts";
import type { AudioTransferConfig } from "./config.ts";

/** A stack with one {@link AudioTransfer}, and what its user needs to start a transfer as outputs. */
export class AudioTransferStack extends Stack {
  /** The transfer. */
  readonly transfer: AudioTransfer;

  /** @throws {Error} when the configuration is impossible */
  constructor(scope: Construct, id: string, config: AudioTransferConfig = {}, props: StackProps = {}) {
    super(scope, id, { description: "Magic Hour audio to S3", ...props });
    this.transfer = new AudioTransfer(this, "AudioTransfer", config);
    const { stateMachine, bucket, apiKeySecret, notifier, alarms } = this.transfer;
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
      value: alarms.topic.topicArn,
      description:
        "Hear of alarms: aws sns subscribe --topic-arn <this> --protocol email --notification-endpoint <address>",
    });
  }
}
