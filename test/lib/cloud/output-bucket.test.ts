import { Match } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { readable, synthesizedTemplate } from "./synthesized-stack.ts";

const template = synthesizedTemplate();

test("the bucket is versioned, encrypted, not public, on EventBridge, and outlives the stack", () => {
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
    },
  });
});

test("uploads that nobody completed end after a day; nothing expires but what is below _cleanup/, after 400 days", () => {
  const [bucket] = Object.values(template.findResources("AWS::S3::Bucket"));
  expect(bucket?.["Properties"].LifecycleConfiguration.Rules).toEqual([
    {
      Id: "abort-incomplete-uploads",
      Status: "Enabled",
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    },
    {
      Id: "expire-cleanup-markers",
      Status: "Enabled",
      Prefix: "_cleanup/",
      ExpirationInDays: 400,
      NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    },
  ]);
});

test("the bucket refuses what does not come over TLS 1.2", () => {
  template.hasResourceProperties("AWS::S3::BucketPolicy", {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Action: "s3:*", Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
        Match.objectLike({ Action: "s3:*", Effect: "Deny", Condition: { NumericLessThan: { "s3:TlsVersion": 1.2 } } }),
      ]),
    },
  });
});

test("the bucket refuses writes that could replace an object, whoever writes, and parts of uploads are no such writes", () => {
  const [policy] = Object.values(template.findResources("AWS::S3::BucketPolicy"));
  const statements: Record<string, unknown>[] = policy?.["Properties"].PolicyDocument.Statement;
  const [refusal, ...others] = statements.filter(({ Action }) => Action === "s3:PutObject");
  expect(others).toEqual([]);
  expect({ ...refusal, Resource: readable(refusal?.["Resource"]) }).toEqual({
    Sid: "RefuseUnconditionalWrites",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: "<AudioTransferBucket.Arn>/*",
    Condition: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
  });
});

test("a bucket that is brought gets no policy and no rule", () => {
  const own = synthesizedTemplate({ bucketName: "my-bucket" });
  own.resourceCountIs("AWS::S3::Bucket", 0);
  own.resourceCountIs("AWS::S3::BucketPolicy", 0);
});
