import { Webhook } from "standardwebhooks";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { environmentNames } from "../../functions/contract.ts";
import { AwsFault } from "../../lib/local/aws-json/aws-faults.ts";
import { startJsonEndpoint } from "../../lib/local/aws-json/json-endpoint.ts";
import { newSigningSecret } from "../../lib/local/embedded-cloud.ts";
import { type ReceivedAttempt, startMisbehavingReceiver } from "../support/misbehaving-receiver.ts";
import { TransferHarness } from "../support/transfer-harness.ts";

class ResourceNotFoundException extends AwsFault {
  override readonly name = "ResourceNotFoundException";
}

/** Secrets Manager with what a test puts into it: versions by ARN and staging label. */
async function runSecretsManager() {
  const versions = new Map<string, string>();
  const endpoint = await startJsonEndpoint({
    version: "1.1",
    service: "secretsmanager",
    operation: () => (members) => {
      const { SecretId, VersionStage = "AWSCURRENT" } = members as { SecretId: string; VersionStage?: string };
      const SecretString = versions.get(`${SecretId} ${VersionStage}`);
      if (SecretString === undefined) throw new ResourceNotFoundException("no such version");
      return { ARN: SecretId, SecretString };
    },
    largestBody: 10_000,
    internalFault: "InternalServiceError",
    port: 0,
  });
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", endpoint.url);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  onTestFinished(() => endpoint.close());
  return {
    /** As PutSecretValue does: what was current becomes previous. */
    put(arn: string, text: string): void {
      const before = versions.get(`${arn} AWSCURRENT`);
      if (before !== undefined) versions.set(`${arn} AWSPREVIOUS`, before);
      versions.set(`${arn} AWSCURRENT`, text);
    },
  };
}

afterEach(() => {
  vi.unstubAllEnvs();
});

const arnOf = (name: string) => `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-AbCdEf`;

/** Whether a secret verifies an attempt, by the specification's package and the attempt's own (virtual) time. */
function isVerifiedBy(secret: string, { messageId, timestamp, body, headers }: ReceivedAttempt): boolean {
  const expected = new Webhook(secret).sign(messageId, new Date(timestamp * 1_000), body);
  return String(headers["webhook-signature"]).split(" ").includes(expected);
}

test("a secret that is changed, and nothing deployed: old and new verify within five minutes, then each change alone", async () => {
  const secrets = await runSecretsManager();
  const [first, second, third] = [newSigningSecret(), newSigningSecret(), newSigningSecret()];
  secrets.put(arnOf("shared"), first);
  await using receiver = await startMisbehavingReceiver();
  await using harness = await TransferHarness.start({
    notifier: { webhooks: [{ url: `${receiver.url}/hook` }] },
    guardExceptions: [receiver.url],
    environment: {
      [environmentNames.signingSecret]: "",
      [environmentNames.signingSecretArn]: arnOf("shared"),
    },
  });
  const verifiers = async () => {
    await harness.transfer({ id: harness.simulator.createProject() });
    await harness.deliveries();
    const last = receiver.attempts.at(-1);
    if (!last) throw new Error("nothing came");
    return [first, second, third].map((secret) => isVerifiedBy(secret, last));
  };

  expect(await verifiers()).toEqual([true, false, false]);
  secrets.put(arnOf("shared"), second);
  harness.skip(300);
  expect(await verifiers()).toEqual([true, true, false]);
  // Ended by putting the same value again: nothing but it signs.
  secrets.put(arnOf("shared"), second);
  harness.skip(300);
  expect(await verifiers()).toEqual([false, true, false]);
  secrets.put(arnOf("shared"), third);
  harness.skip(300);
  expect(await verifiers()).toEqual([false, true, true]);
  expect(receiver.attempts).toHaveLength(4);
});

test("an endpoint with a secret of its own is signed for with that one, the others with the stack's", async () => {
  const secrets = await runSecretsManager();
  const [shared, own] = [newSigningSecret(), newSigningSecret()];
  secrets.put(arnOf("shared"), shared);
  secrets.put(arnOf("own"), own);
  await using receiver = await startMisbehavingReceiver();
  const webhooks = [{ url: `${receiver.url}/own`, signingSecretArn: arnOf("own") }, { url: `${receiver.url}/shared` }];
  await using harness = await TransferHarness.start({
    notifier: { webhooks },
    guardExceptions: [receiver.url],
    environment: { [environmentNames.signingSecret]: "", [environmentNames.signingSecretArn]: arnOf("shared") },
  });
  await harness.transfer({ id: harness.simulator.createProject() });
  await harness.deliveries();
  const seen = receiver.attempts.map((attempt) => [
    attempt.path,
    isVerifiedBy(own, attempt),
    isVerifiedBy(shared, attempt),
  ]);
  expect(seen.sort()).toEqual([
    ["/own", true, false],
    ["/shared", false, true],
  ]);
});
