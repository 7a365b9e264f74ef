import { App } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSigningKeys } from "../../../functions/domain/signature.ts";
import { AudioTransferStack } from "../../../lib/cloud/audio-transfer-stack.ts";
import { synthesizedTemplate } from "./synthesized-stack.ts";

const template = synthesizedTemplate();

test("the bucket is versioned, encrypted, not public, on EventBridge, and ends incomplete uploads after a day", () => {
  template.hasResource("AWS::S3::Bucket", {
    DeletionPolicy: "Retain",
    UpdateReplacePolicy: "Retain",
    Properties: {
      VersioningConfiguration: { Status: "Enabled" },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      LifecycleConfiguration: {
        Rules: [{ Status: "Enabled", AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }],
      },
    },
  });
});

test("the bucket refuses what does not come over TLS", () => {
  template.hasResourceProperties("AWS::S3::BucketPolicy", {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Action: "s3:*", Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
        Match.objectLike({ Action: "s3:*", Effect: "Deny", Condition: { NumericLessThan: { "s3:TlsVersion": 1.2 } } }),
      ]),
    },
  });
});

test("no lifecycle rule expires objects or versions", () => {
  const [bucket] = Object.values(template.findResources("AWS::S3::Bucket"));
  expect(JSON.stringify(bucket)).not.toMatch(/Expiration/);
});

test("the secret is created empty and outlives the stack", () => {
  template.hasResource("AWS::SecretsManager::Secret", {
    DeletionPolicy: "Retain",
    Properties: { GenerateSecretString: Match.absent(), SecretString: Match.absent() },
  });
});

test("functions are arm64 on Node 24 with JSON logs, bounded time, and a log group and role of their own", () => {
  const functions = Object.values(template.findResources("AWS::Lambda::Function")).map(({ Properties }) => Properties);
  expect(functions.map(({ Timeout }) => Timeout).sort()).toEqual([45, 45, 45, 900, 900]);
  for (const one of functions) {
    expect(one.Runtime).toBe("nodejs24.x");
    expect(one.Architectures).toEqual(["arm64"]);
    expect(one.LoggingConfig).toMatchObject({ LogFormat: "JSON", LogGroup: { Ref: expect.any(String) } });
  }
  expect(new Set(functions.map(({ Role }) => JSON.stringify(Role))).size).toBe(5);
  expect(new Set(functions.map(({ LoggingConfig }) => JSON.stringify(LoggingConfig))).size).toBe(5);
});

test("every log group ends after three months", () => {
  template.resourceCountIs("AWS::Logs::LogGroup", 7);
  template.allResourcesProperties("AWS::Logs::LogGroup", { RetentionInDays: 90 });
});

test("two stacks of one account and region do not share a log group's name", () => {
  const nameIn = (stackName: string) => {
    const app = new App({ analyticsReporting: false, context: { "aws:cdk:bundling-stacks": [] } });
    const stack = Template.fromStack(new AudioTransferStack(app, "Test", {}, { stackName }));
    const groups = Object.values(stack.findResources("AWS::Logs::LogGroup")).map(({ Properties }) => Properties);
    return groups.flatMap(({ LogGroupName }) => LogGroupName ?? []);
  };
  expect(nameIn("one")).toHaveLength(2);
  for (const name of nameIn("one")) expect(name).toMatch(/^\/aws\/vendedlogs\/states\/one-/);
  expect(new Set([...nameIn("one"), ...nameIn("two")]).size).toBe(4);
});

test("the signing secret is made up by Secrets Manager, in the form of one, and outlives the stack", () => {
  template.hasResource("AWS::SecretsManager::Secret", {
    DeletionPolicy: "Retain",
    Properties: {
      GenerateSecretString: { PasswordLength: 44, ExcludePunctuation: true },
      SecretString: Match.absent(),
    },
  });
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9]{44}$/), (text) => {
      expect(parseSigningKeys(text)).toMatchObject([{ scheme: "v1", secret: { length: 33 } }]);
    }),
  );
});

test("what was not delivered, and who was told nothing, raises an alarm on the topic", () => {
  const alarms = Object.values(template.findResources("AWS::CloudWatch::Alarm")).map(({ Properties }) => Properties);
  expect(alarms).toHaveLength(2);
  for (const alarm of alarms) {
    expect(alarm).toMatchObject({ Threshold: 1, EvaluationPeriods: 1, TreatMissingData: "notBreaching" });
    expect(alarm.AlarmActions).toEqual([{ Ref: expect.stringMatching(/AlarmsTopic/) }]);
    expect(alarm.AlarmDescription).toContain("docs/webhooks.md");
  }
  expect(alarms.map(({ MetricName }) => MetricName).sort()).toEqual([
    "ExecutionsFailed",
    expect.stringMatching(/^NotAnnounced-[0-9a-f]{8}$/),
  ]);
  template.hasResourceProperties("AWS::CloudWatch::Alarm", {
    MetricName: "ExecutionsFailed",
    Dimensions: [{ Name: "StateMachineArn", Value: { Ref: Match.stringLikeRegexp("NotifierDeliveries") } }],
  });
  template.hasResourceProperties("AWS::Logs::MetricFilter", {
    FilterPattern: '{ ($.type = "PassStateEntered") && ($.details.name = "Not announced") }',
  });
  template.hasResourceProperties("AWS::SNS::TopicPolicy", {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
        Match.objectLike({
          Effect: "Allow",
          Action: "sns:Publish",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
        }),
      ]),
    },
  });
});

test("notify knows the deliveries, the bus, the endpoints and the hosts; a list may forbid all", () => {
  const environmentOf = (own: Template) =>
    Object.values(own.findResources("AWS::Lambda::Function")).flatMap(({ Properties: { Environment } }) =>
      Environment?.Variables?.DELIVERY_STATE_MACHINE_ARN ? [Environment.Variables] : [],
    );
  expect(environmentOf(template)).toEqual([
    {
      DELIVERY_STATE_MACHINE_ARN: { Ref: expect.stringMatching(/NotifierDeliveries/) },
      EVENT_BUS_ARN: expect.anything(),
      WEBHOOK_ENDPOINTS: "[]",
      NOTIFY_HOSTS: "*",
    },
  ]);
  const webhooks = [{ url: "https://one.example/a" }];
  const strict = synthesizedTemplate({ notifyHosts: [], webhooks });
  expect(environmentOf(strict)).toMatchObject([{ NOTIFY_HOSTS: "", WEBHOOK_ENDPOINTS: JSON.stringify(webhooks) }]);
  const listed = synthesizedTemplate({ notifyHosts: ["example.com", "*.example.org"] });
  expect(environmentOf(listed)).toMatchObject([{ NOTIFY_HOSTS: "example.com,*.example.org" }]);
});

test("both state machines are traced Standard ones that log everything but the data", () => {
  template.resourceCountIs("AWS::StepFunctions::StateMachine", 2);
  template.allResourcesProperties("AWS::StepFunctions::StateMachine", {
    StateMachineType: "STANDARD",
    TracingConfiguration: { Enabled: true },
    LoggingConfiguration: { Level: "ALL", IncludeExecutionData: false },
  });
});
