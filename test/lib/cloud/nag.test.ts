import { type App, Stack, Validations } from "aws-cdk-lib";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { expect, test } from "vitest";
import { AudioTransferStack } from "../../../lib/cloud/audio-transfer-stack.ts";
import type { AudioTransferConfig } from "../../../lib/cloud/config.ts";
import { withApp } from "./synthesized-stack.ts";

const arn = (name: string) => `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-AbCdEf`;
const keyArn = "arn:aws:kms:us-east-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef";

const everythingBrought: AudioTransferConfig = {
  bucketName: "my-bucket",
  bucketKeyArn: keyArn,
  apiKeySecretArn: arn("key"),
  signingSecretArn: arn("signing"),
  vendorWebhookSecretArn: arn("vendor"),
  secretsKeyArn: keyArn,
  eventBusArn: "arn:aws:events:us-east-1:111122223333:event-bus/audio",
  alarmTopicArn: "arn:aws:sns:us-east-1:111122223333:alarms",
};

/** Synthesizes with both packs. @throws {Error} for a finding that nobody has acknowledged */
function check(config: AudioTransferConfig, more: (app: App) => void = () => {}): void {
  withApp((app) => {
    new AudioTransferStack(app, "Test", config);
    more(app);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
    app.synth();
  });
}

test.each([
  ["as it is", {}],
  ["with everything brought", everythingBrought],
  ["with a key for what is made here", { encryptionKeyArn: keyArn }],
  ["without the HTTP API", { httpApi: false }],
])("both packs find nothing: %s", (_, config) => {
  expect(() => check(config)).not.toThrow();
});

test("what is acknowledged here is acknowledged nowhere else: both packs find it in a stack beside this one", () => {
  const withQueue = (app: App) => new Queue(new Stack(app, "Other"), "Queue");
  expect(() => check({}, (app) => void withQueue(app))).toThrow(/AwsSolutions-SQS3[\s\S]*Serverless-SQSRedrivePolicy/);
});
