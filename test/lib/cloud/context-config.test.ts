import { App } from "aws-cdk-lib";
import { expect, test } from "vitest";
import { anyHost, parsePolicy } from "../../../functions/domain/endpoint-policy.ts";
import { checkConfig } from "../../../lib/cloud/config.ts";
import { configFromContext } from "../../../lib/cloud/context-config.ts";
import { hostList } from "../../../lib/cloud/endpoints.ts";

const read = (context: Record<string, unknown>) => configFromContext(new App({ context }).node);

test("lists come from the context as JSON, as lists or separated by commas; an empty list of hosts stays one", () => {
  const two = { webhooks: [{ url: "https://a.example" }, { url: "https://b.example" }] };
  expect(read({ webhooks: "https://a.example,https://b.example" })).toEqual(two);
  expect(read({ webhooks: '["https://a.example", {"url": "https://b.example"}]' })).toEqual(two);
  expect(read({ webhooks: ["https://a.example", { url: "https://b.example" }] })).toEqual(two);
  expect(read({ notifyHosts: "" })).toEqual({ notifyHosts: [] });
  expect(read({ notifyHosts: "a.example,*.b.example" })).toEqual({ notifyHosts: ["a.example", "*.b.example"] });
  expect(() => read({ webhooks: "[" })).toThrow(/webhooks: must be a JSON list/);
  expect(() => read({ webhooks: "[5]" })).toThrow(/webhooks\[0\].url/);
});

test("texts, numbers, flags and objects come as texts or as they are", () => {
  const bucketName = "my-bucket";
  expect(read({ bucketName, maxOutputBytes: "1024" })).toEqual({ bucketName, maxOutputBytes: 1_024 });
  expect(read({ deleteAfterDays: "30", recheckDays: 0 })).toEqual({ deleteAfterDays: 30, recheckDays: 0 });
  expect(read({ httpApi: "false" })).toEqual({ httpApi: false });
  expect(read({ httpApi: true, vendorWebhook: "true" })).toEqual({ httpApi: true, vendorWebhook: true });
  const throttling = { rateLimit: 5, burstLimit: 10 };
  expect(read({ throttling: JSON.stringify(throttling) })).toEqual({ throttling });
  const vendorWebhookInput = { deleteAfterDownload: true };
  expect(read({ vendorWebhookInput: JSON.stringify(vendorWebhookInput) })).toEqual({ vendorWebhookInput });
  expect(read({ vendorWebhookInput })).toEqual({ vendorWebhookInput });
  expect(read({})).toEqual({});
});

test.each([
  [{ maxOutputBytes: "many" }, /maxOutputBytes: must be a whole number .*got "many"/],
  [{ recheckDays: "" }, /recheckDays: must be a whole number .*got ""/],
  [{ deadlineSeconds: true }, /deadlineSeconds: must be a whole number .*got true/],
  [{ httpApi: "off" }, /httpApi: must be true or false, got "off"/],
  [{ vendorWebhookInput: "{" }, /vendorWebhookInput: must be a JSON object, got "\{"/],
  [{ throttling: "5" }, /throttling: must be an object, got 5/],
  [{ bucketName: ["a", "b"] }, /bucketName/],
])("%j is refused with what was written", (context, message) => {
  expect(() => read(context)).toThrow(message);
});

test("a name that is no setting is refused, and CDK's own context is left alone", () => {
  expect(() => read({ deleteAfterDay: "30" })).toThrow(/^deleteAfterDay: is no setting; there are .*deleteAfterDays/);
  for (const name of ["toString", "delete_after_days", "webhooks2", "delete after days"]) {
    expect(() => read({ [name]: "30" })).toThrow(new RegExp(`^${name}: is no setting`));
  }
  const foreign = {
    "@aws-cdk/core:enablePartitionLiterals": true,
    "aws:cdk:bundling-stacks": [],
    "acknowledged-issue-numbers": [1],
    "availability-zones:account=1:region=eu-west-1": ["a"],
    "cli-telemetry": false,
    "someone.else/flag_1": true,
  };
  expect(read(foreign)).toEqual({});
});

test("a host that is called like a word of ours is only a host", () => {
  for (const host of ["any", "none", "true"]) {
    expect(parsePolicy(hostList({ notifyHosts: [host] }), "").hosts).toEqual([host]);
  }
  expect(parsePolicy(hostList({}), "").hosts).toBe(anyHost);
  expect(() => checkConfig({ notifyHosts: [anyHost] })).toThrow(/notifyHosts\[0\]/);
});
