/** `AudioTransfer` in an app that has what it needs already: keys, a bucket, secrets, a topic and a bus. */
import { type App, Stack, Validations } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { EventBus } from "aws-cdk-lib/aws-events";
import { Key } from "aws-cdk-lib/aws-kms";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Topic } from "aws-cdk-lib/aws-sns";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { expect, test } from "vitest";
import { AudioTransfer } from "../../../lib/cloud/audio-transfer.ts";
import type { AudioTransferProps } from "../../../lib/cloud/props.ts";
import { environmentOf, readable, statementsOf, withApp } from "./synthesized-stack.ts";

/** A stack with everything that can be brought; the secrets have one key, the bucket another. */
function bring(app: App, id: string) {
  const stack = new Stack(app, id);
  const [bucketKey, secretsKey] = ["BucketKey", "SecretsKey"].map(
    (name) => new Key(stack, name, { enableKeyRotation: true }),
  );
  if (!bucketKey || !secretsKey) throw new Error("two keys were made");
  const secret = (name: string) => {
    const created = new Secret(stack, name, { encryptionKey: secretsKey });
    Validations.of(created).acknowledge({ id: "AwsSolutions-SMG4", reason: "Nothing rotates it in a test." });
    return created;
  };
  // CDK's classes do not fit its own interfaces under this project's exactOptionalPropertyTypes.
  const props = {
    bucket: new Bucket(stack, "Outputs", {
      encryption: BucketEncryption.KMS,
      encryptionKey: bucketKey,
      versioned: true,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      serverAccessLogsPrefix: "logs/",
    }),
    apiKeySecret: secret("Vendor"),
    signingSecret: secret("Signing"),
    webhooks: [{ url: "https://one.example/a", signingSecret: secret("Own") }, { url: "https://two.example" }],
    vendorWebhook: { secret: secret("FromVendor") },
    eventBus: new EventBus(stack, "Bus"),
    alarmTopic: new Topic(stack, "Alarms", { enforceSSL: true }),
  } as AudioTransferProps;
  return { stack, props };
}

const template = withApp((app) => {
  const { stack, props } = bring(app, "Test");
  new AudioTransfer(stack, "AudioTransfer", props);
  return Template.fromStack(stack);
});

/** What a function may do with keys, by the key. */
function keysOf(name: string) {
  const ofKeys = statementsOf(template, name).filter(({ actions }) =>
    actions.some((action) => action.startsWith("kms:")),
  );
  return Object.fromEntries(ofKeys.map(({ actions, resources }) => [resources.join(), actions]));
}

const [secrets, objects] = ["<SecretsKey.Arn>", "<BucketKey.Arn>"];
const read = ["kms:Decrypt"];
const write = ["kms:Decrypt", "kms:GenerateDataKey"];

test.each([
  ["CheckStatusPolicy", { [secrets]: read }],
  ["DownloadOutputsPolicy", { [secrets]: read, [objects]: write }],
  ["DeleteProjectPolicy", { [secrets]: read, [objects]: read }],
  ["ScheduleCleanupPolicy", { [objects]: write }],
  ["CleanupPassPolicy", { [secrets]: read, [objects]: write }],
  ["AudioTransferApiPolicy", { [secrets]: read, [objects]: read }],
  ["ReceiveWebhookPolicy", { [secrets]: read }],
  ["NotifierDeliverPolicy", { [secrets]: read }],
  ["NotifierNotifyPolicy", {}],
])("%s: uses exactly the keys that it needs", (name, expected) => {
  expect(keysOf(name)).toEqual(expected);
});

test("nothing is made that was brought", () => {
  template.resourceCountIs("AWS::S3::Bucket", 1);
  template.resourceCountIs("AWS::SecretsManager::Secret", 4);
  template.resourceCountIs("AWS::KMS::Key", 2);
  template.resourceCountIs("AWS::Events::EventBus", 1);
});

test("what was brought is what the functions work with", () => {
  expect(environmentOf(template, "DownloadOutputs")).toMatchObject({
    OUTPUT_BUCKET: "<Outputs>",
    MAGIC_HOUR_API_KEY_SECRET_ARN: "<Vendor>",
  });
  expect(environmentOf(template, "ApiReceiveWebhook")).toMatchObject({ VENDOR_WEBHOOK_SECRET_ARN: "<FromVendor>" });
  expect(environmentOf(template, "NotifierNotify")).toMatchObject({ EVENT_BUS_ARN: "<Bus.Arn>" });
  expect(JSON.parse(environmentOf(template, "NotifierDeliver")["WEBHOOK_ENDPOINTS"] ?? "")).toEqual([
    { url: "https://one.example/a", signingSecretArn: "<Own>" },
    { url: "https://two.example" },
  ]);
  const deliver = statementsOf(template, "NotifierDeliverPolicy").flatMap(({ resources }) => resources);
  expect(deliver).toEqual(expect.arrayContaining(["<Signing>", "<Own>", "<Bus.Arn>"]));
  const environments = Object.values(template.findResources("AWS::Lambda::Function")).map(
    ({ Properties }) => Properties.Environment.Variables as Record<string, unknown>,
  );
  expect(environments.some((variables) => "ABORT_ORPHANED_UPLOADS" in variables)).toBe(false);
});

test("a secret that is brought by its name alone may be read under any of its six last characters", () => {
  const own = withApp((app) => {
    const stack = new Stack(app, "Test");
    const apiKeySecret = Secret.fromSecretNameV2(stack, "Vendor", "vendor/key");
    new AudioTransfer(stack, "AudioTransfer", { apiKeySecret });
    return Template.fromStack(stack);
  });
  const arn = "arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:vendor/key";
  expect(statementsOf(own, "CheckStatusPolicy").at(-1)).toEqual({
    actions: ["secretsmanager:GetSecretValue"],
    resources: [`${arn}-??????`],
  });
  expect(environmentOf(own, "CheckStatus")).toMatchObject({ MAGIC_HOUR_API_KEY_SECRET_ARN: arn });
});

test("two transfers fit into one stack, and into one that uses another stack's bucket; both packs find nothing in them", () => {
  withApp((app) => {
    const { props } = bring(app, "Shared");
    const own = new Stack(app, "Test");
    new AudioTransfer(own, "One", props);
    const two = new AudioTransfer(own, "Two");
    Validations.of(own).addPlugins(new AwsSolutionsChecks(own), new ServerlessChecks(own));
    expect(readable(own.resolve(two.bucket.bucketName))).toMatch(/^<TwoBucket>$/);
    expect(() => app.synth()).not.toThrow();
  });
});
