import { App } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
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
  expect(functions.map(({ Timeout }) => Timeout).sort()).toEqual([45, 900, 900]);
  for (const one of functions) {
    expect(one.Runtime).toBe("nodejs24.x");
    expect(one.Architectures).toEqual(["arm64"]);
    expect(one.LoggingConfig).toMatchObject({ LogFormat: "JSON", LogGroup: { Ref: expect.any(String) } });
  }
  expect(new Set(functions.map(({ Role }) => JSON.stringify(Role))).size).toBe(3);
  expect(new Set(functions.map(({ LoggingConfig }) => JSON.stringify(LoggingConfig))).size).toBe(3);
});

test("every log group ends after three months", () => {
  template.resourceCountIs("AWS::Logs::LogGroup", 4);
  template.allResourcesProperties("AWS::Logs::LogGroup", { RetentionInDays: 90 });
});

test("two stacks of one account and region do not share a log group's name", () => {
  const nameIn = (stackName: string) => {
    const app = new App({ analyticsReporting: false, context: { "aws:cdk:bundling-stacks": [] } });
    const stack = Template.fromStack(new AudioTransferStack(app, "Test", {}, { stackName }));
    const groups = Object.values(stack.findResources("AWS::Logs::LogGroup")).map(({ Properties }) => Properties);
    return groups.flatMap(({ LogGroupName }) => LogGroupName ?? []);
  };
  expect(nameIn("one")).toEqual([expect.stringMatching(/^\/aws\/vendedlogs\/states\/one-/)]);
  expect(nameIn("one")).not.toEqual(nameIn("two"));
});

test("the state machine is a traced Standard one that logs everything but the data", () => {
  template.hasResourceProperties("AWS::StepFunctions::StateMachine", {
    StateMachineType: "STANDARD",
    TracingConfiguration: { Enabled: true },
    LoggingConfiguration: { Level: "ALL", IncludeExecutionData: false },
  });
});
