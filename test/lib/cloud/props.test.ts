import { Aws, CfnParameter, Fn, Lazy, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { EventBus } from "aws-cdk-lib/aws-events";
import { Key } from "aws-cdk-lib/aws-kms";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Topic } from "aws-cdk-lib/aws-sns";
import { expect, test } from "vitest";
import { AudioTransfer } from "../../../lib/cloud/audio-transfer.ts";
import { type AudioTransferProps, checkProps } from "../../../lib/cloud/props.ts";
import { environmentOf, withApp } from "./synthesized-stack.ts";

const wrong = (props: Record<string, unknown>) => props as AudioTransferProps;
const manyWebhooks = Array.from({ length: 11 }, (_, index) => ({ url: `https://${index}.example` }));

test.each<[AudioTransferProps, RegExp]>([
  [{ deadlineSeconds: 3 }, /pollIntervalSeconds: .*an interval of 3 s and a deadline of 3 s/],
  [{ cleanupIntervalMinutes: 4 }, /cleanupIntervalMinutes: must be a whole number from 5 to 1440, got 4/],
  [{ webhooks: [{ url: "http://a.example" }] }, /webhooks\[0\].url: must be https/],
  [{ webhooks: manyWebhooks }, /webhooks: must be at most 10, got 11/],
  [
    wrong({ webhooks: [{ url: "https://a.example", signingSecretArn: "x" }] }),
    /webhooks\[0\]: has only url and signingSecret,/,
  ],
  [{ notifyHosts: ["A.example"] }, /notifyHosts\[0\]/],
  [{ httpApi: false, vendorWebhook: {} }, /vendorWebhook: needs httpApi, which is false/],
  [wrong({ vendorWebhook: { secretArn: "x" } }), /vendorWebhook: has only secret and input, got \["secretArn"\]/],
  [wrong({ vendorWebhook: [] }), /vendorWebhook: must be false or an object, got \[\]/],
  [wrong({ throttling: [] }), /throttling: must be an object, got \[\]/],
  [wrong({ vendorWebhook: true }), /vendorWebhook: must be false or an object, got true/],
  [{ vendorWebhook: { input: { id: "x" } } }, /vendorWebhook.input: id: cannot be the same for every project/],
  [{ vendorWebhook: { input: { deadlineSeconds: 0.5 } } }, /vendorWebhook.input: deadlineSeconds: must be a whole/],
])("%j is refused, naming the key and its bound", (props, message) => {
  expect(() => checkProps(props)).toThrow(message);
});

test("a construct in the props is no obstacle to naming what is wrong beside it", () => {
  const secret = Secret.fromSecretNameV2(new Stack(), "Secret", "vendor");
  expect(() => checkProps(wrong({ vendorWebhook: { secret, url: "x" } }))).toThrow(
    /has only secret and input, got \["url"\]/,
  );
  expect(() => checkProps({ httpApi: false, vendorWebhook: { secret } })).toThrow(
    /vendorWebhook: needs httpApi, which is false/,
  );
});

test.each([
  ["eventBus", EventBus.fromEventBusArn(new Stack(), "Bus", "arn:aws:events:eu-west-1:111122223333:event-bus/audio")],
  ["alarmTopic", Topic.fromTopicArn(new Stack(), "Topic", "arn:aws:sns:eu-west-1:111122223333:alarms")],
  ["bucket", Bucket.fromBucketAttributes(new Stack(), "Bucket", { bucketName: "abc", region: "eu-west-1" })],
])("%s of another region is refused where the stack's is known", (name, brought) => {
  withApp((app) => {
    const stack = new Stack(app, "Test", { env: { region: "us-east-1", account: "111122223333" } });
    expect(() => new AudioTransfer(stack, "Audio", { [name]: brought })).toThrow(
      `${name}: must be of the stack's region us-east-1, got eu-west-1`,
    );
  });
});

test("a key is refused where nothing is made that it could be for", () => {
  const stack = new Stack();
  const secret = Secret.fromSecretNameV2(stack, "Secret", "one");
  const bucket = Bucket.fromBucketName(stack, "Bucket", "abc");
  const brought = { bucket, apiKeySecret: secret, signingSecret: secret, encryptionKey: new Key(stack, "Key") };
  const noEffect = /^encryptionKey: has no effect: the bucket and the secrets are all brought/;
  for (const props of [{ vendorWebhook: { secret } }, { vendorWebhook: false }, { httpApi: false }] as const) {
    expect(() => checkProps(wrong({ ...brought, ...props }))).toThrow(noEffect);
  }
  expect(() => checkProps(wrong(brought))).not.toThrow();
  expect(() => checkProps(wrong({ ...brought, vendorWebhook: { secret }, bucket: undefined }))).not.toThrow();
});

test("a FIFO topic is refused, whose subscribers no alarm reaches", () => {
  const stack = new Stack();
  const fifo = [
    new Topic(stack, "Made", { fifo: true }),
    Topic.fromTopicArn(stack, "Named", "arn:aws:sns:us-east-1:111122223333:alarms.fifo"),
  ];
  for (const alarmTopic of fifo) {
    expect(() => checkProps(wrong({ alarmTopic }))).toThrow(/^alarmTopic: must be a standard topic, got a FIFO topic/);
  }
  expect(() => checkProps(wrong({ alarmTopic: new Topic(stack, "Standard") }))).not.toThrow();
});

test("what only CloudFormation knows is passed over, and reaches the functions", () => {
  withApp((app) => {
    const stack = new Stack(app, "Test");
    const number = (id: string) => new CfnParameter(stack, id, { type: "Number", default: 600 }).valueAsNumber;
    new AudioTransfer(stack, "AudioTransfer", {
      deadlineSeconds: number("Deadline"),
      deleteAfterDays: number("Days"),
      maxOutputBytes: Lazy.number({ produce: () => 5 }),
      cleanupIntervalMinutes: number("Interval"),
      throttling: { rateLimit: number("Rate") },
      webhooks: [{ url: Fn.join("", ["https://", Aws.ACCOUNT_ID, ".example"]) }, { url: Fn.importValue("Hook") }],
      notifyHosts: [`${Aws.REGION}.example`],
      vendorWebhook: { input: { deadlineSeconds: number("Webhook"), metadata: { account: Aws.ACCOUNT_ID } } },
    });
    const template = Template.fromStack(stack);
    expect(environmentOf(template, "CheckStatus")).toMatchObject({
      DEADLINE_SECONDS: "<Deadline>",
      NOTIFY_HOSTS: "<AWS::Region>.example",
    });
    expect(environmentOf(template, "DownloadOutputs")).toMatchObject({ MAX_OUTPUT_BYTES: "5" });
    expect(environmentOf(template, "ScheduleCleanup")).toMatchObject({ DELETE_AFTER_DAYS: "<Days>" });
    expect(environmentOf(template, "NotifierNotify")["WEBHOOK_ENDPOINTS"]).toMatch(
      /^\[\{"url":"https:\/\/<AWS::AccountId>\.example"\},\{"url":"/,
    );
    expect(environmentOf(template, "ApiReceiveWebhook")["VENDOR_WEBHOOK_INPUT"]).toBe(
      '{"deadlineSeconds":<Webhook>,"metadata":{"account":"<AWS::AccountId>"}}',
    );
    template.hasResourceProperties("AWS::ApiGatewayV2::Stage", {
      DefaultRouteSettings: { ThrottlingRateLimit: { Ref: "Rate" } },
      RouteSettings: { "POST /webhooks/magic-hour": { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 } },
    });
  });
});
