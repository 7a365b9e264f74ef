import { App } from "aws-cdk-lib";
import { expect, test } from "vitest";
import { anyHost, parsePolicy } from "../../../functions/domain/endpoint-policy.ts";
import { AudioTransferStack } from "../../../lib/cloud/audio-transfer-stack.ts";
import { checkConfig, hostList } from "../../../lib/cloud/config.ts";
import { configFromContext } from "../../../lib/cloud/context-config.ts";

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
  [{ webhooks: [{ url: "http://example.com" }] }, /webhooks\[0\].url: must be https, got "http:/],
  [
    { webhooks: [{ url: "https://a.example" }, { url: "https://me@b.example" }] },
    /webhooks\[1\].url: .*user information/,
  ],
  [
    { webhooks: [{ url: "https://a.example" }, { url: "HTTPS://A.example:443/" }] },
    /webhooks: must not list a URL twice/,
  ],
  [{ webhooks: [{ url: "https://a.example", secretArn: "x" } as { url: string }] }, /webhooks\[0\]: has only url and/],
  [
    { webhooks: [{ url: "https://a.example", signingSecretArn: "x" }] },
    /webhooks\[0\].signingSecretArn: .*complete ARN/,
  ],
  [{ webhooks: urls(11) }, /webhooks: must be at most 10, got 11/],
  [{ webhooks: urls(10, 300) }, /webhooks: must be at most 2500 bytes as JSON/],
  [{ notifyHosts: ["Example.com"] }, /notifyHosts\[0\]: must be a host name in lower case/],
  [{ notifyHosts: ["a.example", "*"] }, /notifyHosts\[1\]/],
  [{ notifyHosts: ["https://a.example"] }, /notifyHosts\[0\]/],
  [{ notifyHosts: ["any,b"] }, /notifyHosts\[0\]/],
  [{ webhooks: [null] as unknown as [] }, /webhooks: must be a list of objects/],
  [{ webhooks: "https://a.example" as unknown as [] }, /webhooks: must be a list of objects, got "https:/],
  [{ notifyHosts: "a.example" as unknown as [] }, /notifyHosts: must be a list/],
  [
    { notifyHosts: [`${"a".repeat(60)}.example`, ...Array(20).fill("b".repeat(50))] },
    /notifyHosts: must be at most 1000/,
  ],
  [{ signingSecretArn: "my-secret" }, /signingSecretArn: must be a secret's complete ARN/],
  [{ eventBusArn: "default" }, /eventBusArn: must be the ARN of an event bus, got "default"/],
])("%j is refused, naming the property and its bound", (config, message) => {
  expect(() => checkConfig(config)).toThrow(message);
});

test("bounds themselves are accepted", () => {
  expect(() => checkConfig({ bucketName: "abc", maxOutputBytes: 1 })).not.toThrow();
  expect(() => checkConfig({ bucketName: "a".repeat(63), maxOutputBytes: 83_886_080_000 })).not.toThrow();
});

test("a host that is called like a word of ours is only a host", () => {
  for (const host of ["any", "none", "true"]) {
    expect(parsePolicy(hostList({ notifyHosts: [host] }), "").hosts).toEqual([host]);
  }
  expect(parsePolicy(hostList({}), "").hosts).toBe(anyHost);
  expect(() => checkConfig({ notifyHosts: [anyHost] })).toThrow(/notifyHosts\[0\]/);
});

test("a bus of another region is refused where the stack's is known", () => {
  const eventBusArn = "arn:aws:events:eu-west-1:111122223333:event-bus/audio";
  const stackIn = (region: string) => {
    const app = new App({ analyticsReporting: false, context: { "aws:cdk:bundling-stacks": [] } });
    return new AudioTransferStack(app, "Test", { eventBusArn }, { env: { region, account: "111122223333" } });
  };
  expect(() => stackIn("us-east-1")).toThrow("eventBusArn: must be of the stack's region us-east-1, got eu-west-1");
  expect(() => stackIn("eu-west-1")).not.toThrow();
});

/** So many endpoints, each with a path so long. */
function urls(count: number, length = 1) {
  return Array.from({ length: count }, (_, index) => ({ url: `https://${index}.example/${"x".repeat(length)}` }));
}

test("lists come from the context as JSON, as lists or separated by commas; an empty list of hosts stays one", () => {
  const read = (context: Record<string, unknown>) => configFromContext(new App({ context }).node);
  const two = { webhooks: [{ url: "https://a.example" }, { url: "https://b.example" }] };
  expect(read({ webhooks: "https://a.example,https://b.example" })).toEqual(two);
  expect(read({ webhooks: '["https://a.example", {"url": "https://b.example"}]' })).toEqual(two);
  expect(read({ webhooks: ["https://a.example", { url: "https://b.example" }] })).toEqual(two);
  expect(read({ notifyHosts: "" })).toEqual({ notifyHosts: [] });
  expect(read({ notifyHosts: "a.example,*.b.example" })).toEqual({ notifyHosts: ["a.example", "*.b.example"] });
  expect(() => read({ webhooks: "[" })).toThrow(/webhooks: must be a JSON list/);
  expect(() => read({ webhooks: "[5]" })).toThrow(/webhooks\[0\].url/);
});

test("context gives the configuration, as text or as a number", () => {
  const { node } = new App({ context: { bucketName: "my-bucket", maxOutputBytes: "1024" } });
  expect(configFromContext(node)).toEqual({ bucketName: "my-bucket", maxOutputBytes: 1_024 });
  expect(configFromContext(new App().node)).toEqual({});
  expect(() => configFromContext(new App({ context: { maxOutputBytes: "many" } }).node)).toThrow(/maxOutputBytes/);
});
