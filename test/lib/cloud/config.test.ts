import { App } from "aws-cdk-lib";
import { expect, test } from "vitest";
import { AudioTransferStack } from "../../../lib/cloud/audio-transfer-stack.ts";
import { type AudioTransferConfig, checkConfig } from "../../../lib/cloud/config.ts";

const keyArn = "arn:aws:kms:us-east-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef";
const secretArn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:key-AbCdEf";

const broughtSecrets = { apiKeySecretArn: secretArn, signingSecretArn: secretArn, vendorWebhookSecretArn: secretArn };

/** What a configuration of JavaScript, or of a cdk.json, may hold besides. */
const wrong = (config: Record<string, unknown>) => config as AudioTransferConfig;

test.each<[AudioTransferConfig, RegExp]>([
  [{ bucketName: "ab" }, /bucketName: must be 3 to 63 characters/],
  [{ bucketName: "Upper" }, /bucketName: .*got "Upper"/],
  [{ bucketName: "a/../b" }, /bucketName/],
  [{ bucketKeyArn: keyArn }, /bucketKeyArn: needs bucketName/],
  [{ bucketName: "abc", bucketKeyArn: "my-key" }, /bucketKeyArn: must be the ARN of a key/],
  [{ encryptionKeyArn: "arn:aws:kms:us-east-1:111122223333:alias/mine" }, /encryptionKeyArn: .*\(of no alias\)/],
  [{ apiKeySecretArn: "my-secret" }, /apiKeySecretArn: must be a secret's complete ARN/],
  [{ apiKeySecretArn: "arn:aws:secretsmanager:us-east-1:111122223333:secret:no_suffix" }, /ends in - and six/],
  [{ signingSecretArn: "my-secret" }, /signingSecretArn: must be a secret's complete ARN/],
  [{ vendorWebhookSecretArn: "my-secret" }, /vendorWebhookSecretArn: must be a secret's complete ARN/],
  [{ secretsKeyArn: keyArn }, /secretsKeyArn: needs a secret that is named by its ARN/],
  [{ secretsKeyArn: "x", apiKeySecretArn: secretArn }, /secretsKeyArn: must be the ARN of a key/],
  [
    {
      encryptionKeyArn: keyArn,
      bucketName: "abc",
      apiKeySecretArn: secretArn,
      signingSecretArn: secretArn,
      httpApi: false,
    },
    /encryptionKeyArn: has no effect: .* are all brought/,
  ],
  [{ encryptionKeyArn: keyArn, ...broughtSecrets, bucketName: "abc" }, /encryptionKeyArn: has no effect/],
  [{ eventBusArn: "default" }, /eventBusArn: must be the ARN of an event bus, got "default"/],
  [{ alarmTopicArn: "alarms" }, /alarmTopicArn: must be the ARN of a standard topic, got "alarms"/],
  [{ alarmTopicArn: "arn:aws:sns:us-east-1:111122223333:alarms.fifo" }, /alarmTopicArn: .*standard topic/],
  [{ maxOutputBytes: 0 }, /maxOutputBytes: must be a whole number from 1 to 83886080000, got 0/],
  [{ maxOutputBytes: 1.5 }, /maxOutputBytes/],
  [{ maxOutputBytes: Number.NaN }, /maxOutputBytes: .*got NaN/],
  [{ maxOutputBytes: 83_886_080_001 }, /maxOutputBytes/],
  [{ deadlineSeconds: 0 }, /deadlineSeconds: must be a whole number from 1 to 31449600, got 0/],
  [{ deadlineSeconds: 31_449_601 }, /deadlineSeconds: must be a whole number from 1 to 31449600/],
  [{ pollIntervalSeconds: 2 }, /pollIntervalSeconds: must be a whole number from 3 to 86400, got 2/],
  [{ pollIntervalSeconds: 86_401 }, /pollIntervalSeconds: must be a whole number from 3 to 86400/],
  [
    { pollIntervalSeconds: 600, deadlineSeconds: 600 },
    /pollIntervalSeconds: must be smaller than deadlineSeconds, got an interval of 600 s and a deadline of 600 s/,
  ],
  [{ pollIntervalSeconds: 86_400 }, /got an interval of 86400 s and a deadline of 86400 s/],
  [{ deadlineSeconds: 2 }, /got an interval of 3 s and a deadline of 2 s/],
  [{ deleteAfterDays: 0 }, /deleteAfterDays: must be a whole number from 1 to 365, got 0/],
  [{ deleteAfterDays: 366 }, /deleteAfterDays/],
  [{ recheckDays: -1 }, /recheckDays: must be a whole number from 0 to 90, got -1/],
  [{ recheckDays: 91 }, /recheckDays/],
  [{ cleanupIntervalMinutes: 4 }, /cleanupIntervalMinutes: must be a whole number from 5 to 1440, got 4/],
  [{ cleanupIntervalMinutes: 1_441 }, /cleanupIntervalMinutes/],
  [wrong({ deadlineSeconds: "3600" }), /deadlineSeconds: .*got "3600"/],
  [wrong({ deleteAfterDays: null }), /deleteAfterDays: .*got null/],
  [wrong({ httpApi: "no" }), /httpApi: must be true or false, got "no"/],
  [wrong({ throttling: 5 }), /throttling: must be an object, got 5/],
  [wrong({ throttling: [] }), /throttling: must be an object, got \[\]/],
  [wrong({ throttling: { rate: 5 } }), /throttling: has only rateLimit and burstLimit, got \["rate"\]/],
  [{ throttling: { rateLimit: 10_001 } }, /throttling.rateLimit: must be a whole number from 1 to 10000, got 10001/],
  [{ throttling: { burstLimit: 0 } }, /throttling.burstLimit: must be a whole number from 1 to 5000, got 0/],
  [{ httpApi: false, throttling: { rateLimit: 5 } }, /throttling: needs httpApi/],
  [{ httpApi: false, vendorWebhook: true }, /vendorWebhook: needs httpApi/],
  [wrong({ vendorWebhook: "on" }), /vendorWebhook: must be true or false, got "on"/],
  [{ vendorWebhook: false, vendorWebhookInput: {} }, /vendorWebhookInput: needs vendorWebhook and httpApi/],
  [{ httpApi: false, vendorWebhookSecretArn: secretArn }, /vendorWebhookSecretArn: needs vendorWebhook and httpApi/],
  [{ vendorWebhookInput: { id: "x" } }, /vendorWebhookInput: id: cannot be the same for every project/],
  [{ vendorWebhookInput: { downloadDirectory: "x" } }, /vendorWebhookInput: downloadDirectory: cannot be the same/],
  [{ vendorWebhookInput: { deleteAfterDownloads: true } }, /vendorWebhookInput: "deleteAfterDownloads": unknown field/],
  [
    { vendorWebhookInput: { deadlineSeconds: 0 } },
    /vendorWebhookInput: deadlineSeconds: must be a whole number from 1/,
  ],
  [{ vendorWebhookInput: { metadata: { a: "x".repeat(1_500) } } }, /vendorWebhookInput: must be at most 1500 bytes/],
  [wrong({ vendorWebhookInput: [] }), /vendorWebhookInput: must be a JSON object/],
  [
    { notifyHosts: ["a.example"], vendorWebhookInput: { notify: ["https://b.example"] } },
    /vendorWebhookInput: notify\[0\]: is refused: .* only the hosts a\.example/,
  ],
  [{ webhooks: [{ url: "http://example.com" }] }, /webhooks\[0\].url: must be https, got "http:/],
  [
    { webhooks: [{ url: "https://a.example" }, { url: "https://me@b.example" }] },
    /webhooks\[1\].url: .*user information/,
  ],
  [
    { webhooks: [{ url: "https://a.example" }, { url: "HTTPS://A.example:443/" }] },
    /webhooks: must not list a URL twice/,
  ],
  [
    wrong({ webhooks: [{ url: "https://a.example", secretArn: "x" }] }),
    /webhooks\[0\]: has only url and signingSecretArn/,
  ],
  [
    { webhooks: [{ url: "https://a.example", signingSecretArn: "x" }] },
    /webhooks\[0\].signingSecretArn: .*complete ARN/,
  ],
  [{ webhooks: urls(11) }, /webhooks: must be at most 10, got 11/],
  [{ webhooks: urls(10, 300) }, /webhooks: must be at most 2500 bytes as JSON/],
  [wrong({ webhooks: [null] }), /webhooks: must be a list of objects/],
  [wrong({ webhooks: "https://a.example" }), /webhooks: must be a list of objects, got "https:/],
  [{ notifyHosts: ["Example.com"] }, /notifyHosts\[0\]: must be a host name in lower case/],
  [{ notifyHosts: ["a.example", "*"] }, /notifyHosts\[1\]/],
  [{ notifyHosts: ["https://a.example"] }, /notifyHosts\[0\]/],
  [{ notifyHosts: ["any,b"] }, /notifyHosts\[0\]/],
  [wrong({ notifyHosts: "a.example" }), /notifyHosts: must be a list/],
  [
    { notifyHosts: [`${"a".repeat(60)}.example`, ...Array(20).fill("b".repeat(50))] },
    /notifyHosts: must be at most 1000/,
  ],
])("%j is refused, naming the key and its bound", (config, message) => {
  expect(() => checkConfig(config)).toThrow(message);
});

test("bounds themselves are accepted", () => {
  const least = { maxOutputBytes: 1, deadlineSeconds: 4, pollIntervalSeconds: 3, deleteAfterDays: 1, recheckDays: 0 };
  const largest = { maxOutputBytes: 83_886_080_000, deadlineSeconds: 31_449_600, pollIntervalSeconds: 86_400 };
  const most = { ...largest, deleteAfterDays: 365, recheckDays: 90, cleanupIntervalMinutes: 1_440 };
  const throttling = { rateLimit: 10_000, burstLimit: 5_000 };
  expect(() => checkConfig({ ...least, bucketName: "abc", cleanupIntervalMinutes: 5 })).not.toThrow();
  expect(() => checkConfig({ ...most, bucketName: "a".repeat(63), throttling })).not.toThrow();
  expect(() => checkConfig({ throttling: { rateLimit: 1, burstLimit: 1 } })).not.toThrow();
  const multiRegionKey = `arn:aws:kms:eu-west-1:111122223333:key/mrk-${"0".repeat(32)}`;
  expect(() => checkConfig({ encryptionKeyArn: multiRegionKey })).not.toThrow();
});

test("a key is accepted as long as one thing is made here that it is for", () => {
  const all = { bucketName: "abc", ...broughtSecrets };
  for (const made of Object.keys(all)) {
    const config = Object.fromEntries(Object.entries(all).filter(([name]) => name !== made));
    expect(() => checkConfig({ encryptionKeyArn: keyArn, ...config }), made).not.toThrow();
  }
});

test.each([
  ["eventBusArn", "arn:aws:events:eu-west-1:111122223333:event-bus/audio"],
  ["alarmTopicArn", "arn:aws:sns:eu-west-1:111122223333:alarms"],
  ["apiKeySecretArn", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:key-AbCdEf"],
  ["encryptionKeyArn", keyArn.replace("us-east-1", "eu-west-1")],
])("%s of another region is refused where the stack's is known", (name, arn) => {
  const stackIn = (region: string) => {
    const app = new App({ analyticsReporting: false, context: { "aws:cdk:bundling-stacks": [] } });
    return new AudioTransferStack(app, "Test", { [name]: arn }, { env: { region, account: "111122223333" } });
  };
  expect(() => stackIn("us-east-1")).toThrow(`${name}: must be of the stack's region us-east-1, got eu-west-1`);
  expect(() => stackIn("eu-west-1")).not.toThrow();
});

/** So many endpoints, each with a path so long. */
function urls(count: number, length = 1) {
  return Array.from({ length: count }, (_, index) => ({ url: `https://${index}.example/${"x".repeat(length)}` }));
}
