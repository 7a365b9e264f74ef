/** What `cdk destroy` keeps, and what it removes: docs/operations.md says the same. */
import { expect, test } from "vitest";
import { synthesizedTemplate } from "./synthesized-stack.ts";

/** Kept: outputs with the rules that guard them, and secrets that somebody else knows. */
const kept = ["AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::SecretsManager::Secret"];

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

const resources: Record<string, Resource> = synthesizedTemplate().toJSON()["Resources"];

test.each([...new Set(Object.values(resources).map(({ Type }) => Type))].sort())("%s", (type) => {
  const expected = kept.includes(type) ? "Retain" : "Delete";
  for (const { Type, DeletionPolicy = "Delete", UpdateReplacePolicy = "Delete" } of Object.values(resources)) {
    // A resource without a policy is deleted (CloudFormation User Guide, "DeletionPolicy attribute").
    if (Type === type) expect([DeletionPolicy, UpdateReplacePolicy]).toEqual([expected, expected]);
  }
});

test("everything that is kept is in the stack: one bucket with its policy, and three secrets", () => {
  const found = Object.values(resources).filter(({ DeletionPolicy }) => DeletionPolicy === "Retain");
  expect(found.map(({ Type }) => Type).sort()).toEqual([
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SecretsManager::Secret",
    "AWS::SecretsManager::Secret",
    "AWS::SecretsManager::Secret",
  ]);
});

test("whoever brings a bucket and secrets keeps them: the stack has none to delete", () => {
  const arn = (name: string) => `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-AbCdEf`;
  const own = synthesizedTemplate({
    bucketName: "my-bucket",
    apiKeySecretArn: arn("key"),
    signingSecretArn: arn("signing"),
    vendorWebhookSecretArn: arn("vendor"),
  });
  for (const type of kept) own.resourceCountIs(type, 0);
  expect(JSON.stringify(own.toJSON())).not.toContain('"Retain"');
});
