import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Validations } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { AwsSolutionsChecks } from "cdk-nag";
import { afterAll, expect, test } from "vitest";
import { OnManifestStack } from "../../../examples/on-manifest/stack.ts";
import { eventSource } from "../../../functions/contract.ts";
import { statementsOf } from "../../lib/cloud/synthesized-stack.ts";
import { completedPattern, documentedEvent, manifestPattern } from "./documented-event.ts";

const tree = mkdtempSync(join(tmpdir(), "on-manifest-test-"));
afterAll(() => rmSync(tree, { recursive: true }));

/** The example's stack for `my-bucket`; the function is not bundled. */
function createStack() {
  const outdir = mkdtempSync(join(tree, "out-"));
  const app = new App({ outdir, analyticsReporting: false, context: { "aws:cdk:bundling-stacks": [] } });
  return { app, stack: new OnManifestStack(app, "Test", { bucketName: "my-bucket" }) };
}

const template = Template.fromStack(createStack().stack);
const onlyOne = (type: string) => {
  const found = Object.entries(template.findResources(type));
  if (found.length !== 1) throw new Error(`${found.length} resources are ${type}`);
  return { id: found[0]?.[0], properties: found[0]?.[1]["Properties"] };
};
const lostEvents = { "Fn::GetAtt": [onlyOne("AWS::SQS::Queue").id, "Arn"] };
const rule = { "Fn::GetAtt": [onlyOne("AWS::Events::Rule").id, "Arn"] };

test("the rule has the README's pattern: a new object of this bucket whose key ends in /manifest.json", () => {
  expect(onlyOne("AWS::Events::Rule").properties.EventPattern).toEqual({
    source: ["aws.s3"],
    "detail-type": ["Object Created"],
    detail: { bucket: { name: ["my-bucket"] }, object: { key: [{ suffix: "/manifest.json" }] } },
  });
  expect(onlyOne("AWS::Events::Rule").properties.EventPattern).toEqual(manifestPattern);
  expect(documentedEvent).toMatchObject({
    source: "aws.s3",
    "detail-type": "Object Created",
    detail: { bucket: { name: "my-bucket" }, object: { key: expect.stringMatching(/\/manifest\.json$/) } },
  });
});

test("the README's pattern for transfer.completed has the source that the transfer sends with", () => {
  expect(completedPattern).toEqual({ source: [eventSource], "detail-type": ["transfer.completed"] });
});

test("what EventBridge cannot hand over is repeated as long as there is, and then kept", () => {
  const [target, ...others] = onlyOne("AWS::Events::Rule").properties.Targets;
  expect(others).toEqual([]);
  expect(target).toMatchObject({
    Arn: { "Fn::GetAtt": [onlyOne("AWS::Lambda::Function").id, "Arn"] },
    RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
    DeadLetterConfig: { Arn: lostEvents },
  });
});

test("what the function fails at is repeated twice, and then kept in the same queue", () => {
  expect(onlyOne("AWS::Lambda::EventInvokeConfig").properties).toMatchObject({ MaximumRetryAttempts: 2 });
  expect(onlyOne("AWS::Lambda::Function").properties.DeadLetterConfig).toEqual({ TargetArn: lostEvents });
});

test("the queue is encrypted, keeps events for 14 days, takes them over TLS, and from this rule only", () => {
  expect(onlyOne("AWS::SQS::Queue").properties).toEqual({
    MessageRetentionPeriod: 1_209_600,
    SqsManagedSseEnabled: true,
  });
  expect(onlyOne("AWS::SQS::QueuePolicy").properties.PolicyDocument.Statement).toEqual([
    expect.objectContaining({
      Effect: "Deny",
      Principal: { AWS: "*" },
      Action: "sqs:*",
      Resource: lostEvents,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    }),
    expect.objectContaining({
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: lostEvents,
      Condition: { ArnEquals: { "aws:SourceArn": rule } },
    }),
  ]);
});

test("the function may write its log, read manifests of this bucket, and keep what it failed at, nothing else", () => {
  expect(statementsOf(template, "Role")).toEqual([
    { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: ["<Log.Arn>"] },
    {
      actions: ["s3:GetObject", "s3:GetObjectVersion"],
      resources: ["arn:<AWS::Partition>:s3:::my-bucket/*/manifest.json"],
    },
    { actions: ["sqs:SendMessage"], resources: ["<LostEvents.Arn>"] },
  ]);
  const { properties } = onlyOne("AWS::IAM::Role");
  expect(properties).not.toHaveProperty("ManagedPolicyArns");
  expect(properties).not.toHaveProperty("Policies");
});

test("only this rule may call the function", () => {
  expect(onlyOne("AWS::Lambda::Permission").properties).toMatchObject({
    Principal: "events.amazonaws.com",
    Action: "lambda:InvokeFunction",
    SourceArn: rule,
  });
});

test("the function is arm64 on Node 24 with JSON logs in a group of its own that ends after three months", () => {
  template.hasResourceProperties("AWS::Lambda::Function", {
    Runtime: "nodejs24.x",
    Architectures: ["arm64"],
    Timeout: 30,
    LoggingConfig: { LogFormat: "JSON", LogGroup: { Ref: onlyOne("AWS::Logs::LogGroup").id } },
    Environment: Match.absent(),
  });
  expect(onlyOne("AWS::Logs::LogGroup").properties).toEqual({ RetentionInDays: 90 });
});

test("the bucket is used and not made", () => {
  template.resourceCountIs("AWS::S3::Bucket", 0);
  template.resourceCountIs("AWS::S3::BucketPolicy", 0);
});

test("cdk-nag finds nothing, and would find a queue without TLS", () => {
  const clean = createStack();
  Validations.of(clean.app).addPlugins(new AwsSolutionsChecks(clean.app));
  expect(() => clean.app.synth()).not.toThrow();
  const other = createStack();
  new Queue(other.stack, "Other");
  Validations.of(other.app).addPlugins(new AwsSolutionsChecks(other.app));
  expect(() => other.app.synth()).toThrow(/AwsSolutions-SQS4/);
});
