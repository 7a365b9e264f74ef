import { App } from "aws-cdk-lib";
import { expect, test } from "vitest";
import { checkConfig, configFromContext } from "../../../lib/cloud/config.ts";

test.each([
  [{ bucketName: "ab" }, /bucketName: must be 3 to 63 characters/],
  [{ bucketName: "Upper" }, /bucketName: .*got "Upper"/],
  [{ bucketName: "a/../b" }, /bucketName/],
  [{ apiKeySecretArn: "my-secret" }, /apiKeySecretArn: must be a secret's complete ARN/],
  [{ apiKeySecretArn: "arn:aws:secretsmanager:us-east-1:111122223333:secret:no_suffix" }, /ends in - and six/],
  [{ maxOutputBytes: 0 }, /maxOutputBytes: must be a whole number from 1 to 83886080000, got 0/],
  [{ maxOutputBytes: 1.5 }, /maxOutputBytes/],
  [{ maxOutputBytes: Number.NaN }, /maxOutputBytes/],
  [{ maxOutputBytes: 83_886_080_001 }, /maxOutputBytes/],
])("%j is refused, naming the property and its bound", (config, message) => {
  expect(() => checkConfig(config)).toThrow(message);
});

test("bounds themselves are accepted", () => {
  expect(() => checkConfig({ bucketName: "abc", maxOutputBytes: 1 })).not.toThrow();
  expect(() => checkConfig({ bucketName: "a".repeat(63), maxOutputBytes: 83_886_080_000 })).not.toThrow();
});

test("context gives the configuration, as text or as a number", () => {
  const { node } = new App({ context: { bucketName: "my-bucket", maxOutputBytes: "1024" } });
  expect(configFromContext(node)).toEqual({ bucketName: "my-bucket", maxOutputBytes: 1_024 });
  expect(configFromContext(new App().node)).toEqual({});
  expect(() => configFromContext(new App({ context: { maxOutputBytes: "many" } }).node)).toThrow(/maxOutputBytes/);
});
