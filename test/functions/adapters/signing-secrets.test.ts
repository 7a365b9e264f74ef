import { describe, expect, onTestFinished, test, vi } from "vitest";
import { fixedSigningSecret, secretsManagerSigningSecret } from "../../../functions/adapters/signing-secrets.ts";
import type { SigningKey } from "../../../functions/domain/signature.ts";
import { everythingIn, rejectionOf } from "../../support/everything-in.ts";
import { type AwsAnswer, awsFault, localEnvironment, runAwsJson } from "./running-aws-json.ts";

const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:signing-abcdef";

/** A secret of 32 equal bytes, in its text and as a key. */
const textOf = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString("base64")}`;
const keyOf = (byte: number): SigningKey => ({ scheme: "v1", secret: Buffer.alloc(32, byte) });

const holding = (text: string): AwsAnswer => ({ body: { ARN: arn, Name: "signing", SecretString: text } });

/** What Secrets Manager says of a version that there is not. */
const missing = awsFault("ResourceNotFoundException");

/** Secrets Manager with these versions, which a test may change, and a signing secret that reads them. */
async function runSecretsManager(current: AwsAnswer, previous: AwsAnswer = missing) {
  const versions = { current, previous };
  const { requests, url } = await runAwsJson(({ body }) =>
    body["VersionStage"] === "AWSPREVIOUS" ? versions.previous : versions.current,
  );
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", url);
  for (const [name, value] of Object.entries(localEnvironment)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const clock = { now: 1_000_000 };
  return { versions, requests, clock, secret: secretsManagerSigningSecret(arn, () => clock.now) };
}

describe("a fixed signing secret", () => {
  test("is the keys of its text", async () => {
    expect(await fixedSigningSecret(`${textOf(1)} ${textOf(2)}`).read()).toEqual([keyOf(1), keyOf(2)]);
  });

  test("that is not usable says so when it is read, not when it is made", async () => {
    const secret = fixedSigningSecret("whsec_SECRET!");
    expect(await rejectionOf(secret.read())).toMatchObject({ name: "InvalidSigningSecret" });
  });
});

describe("a signing secret from Secrets Manager", () => {
  test("is the current version, where there is no other", async () => {
    const { secret, requests } = await runSecretsManager(holding(` ${textOf(1)}\n`));
    expect(requests).toEqual([]);
    expect(await secret.read()).toEqual([keyOf(1)]);
    const target = "secretsmanager.GetSecretValue";
    expect(requests).toHaveLength(2);
    expect(requests).toContainEqual({ target, body: { SecretId: arn } });
    expect(requests).toContainEqual({ target, body: { SecretId: arn, VersionStage: "AWSPREVIOUS" } });
  });

  test("is the current version and the previous one, in this order, while it is rotated", async () => {
    const { secret } = await runSecretsManager(holding(textOf(2)), holding(textOf(1)));
    expect(await secret.read()).toEqual([keyOf(2), keyOf(1)]);
  });

  test("may hold several keys in each version", async () => {
    const both = (...bytes: number[]) => holding(bytes.map(textOf).join("\n"));
    const { secret } = await runSecretsManager(both(4, 3), both(2, 1));
    expect(await secret.read()).toEqual([4, 3, 2, 1].map(keyOf));
  });

  test.each<[string, AwsAnswer]>([
    ["no secret of ours", holding("the password of before")],
    ["empty", holding("")],
    ["too short", holding("whsec_c2hvcnQ=")],
    ["JSON", holding('{"key":"x"}')],
    ["binary", { body: { ARN: arn, SecretBinary: "AAEC" } }],
    ["half of it unusable", holding(`${textOf(1)} whsec_SECRET!`)],
  ])("leaves out a previous version that is %s", async (_what, previous) => {
    const { secret } = await runSecretsManager(holding(textOf(2)), previous);
    expect(await secret.read()).toEqual([keyOf(2)]);
  });

  test.each<[string, AwsAnswer, RegExp]>([
    ["was never given a value", missing, /1 to 4 keys, this one holds 0$/],
    ["is empty", holding(""), /1 to 4 keys, this one holds 0$/],
    ["is binary", { body: { ARN: arn, SecretBinary: "AAEC" } }, /1 to 4 keys, this one holds 0$/],
    ["is too short", holding("whsec_c2hvcnQ="), /24 to 64 bytes in base64, these are 5$/],
    ["is JSON, the console's default", holding('{"key":"SECRET"}'), /this is no base64$/],
  ])("that %s is not usable, whatever the previous version is", async (_what, current, message) => {
    const { secret } = await runSecretsManager(current, holding(textOf(1)));
    const error = await rejectionOf(secret.read());
    expect(error).toMatchObject({ name: "InvalidSigningSecret", message: expect.stringMatching(message) });
    expect(everythingIn(error)).not.toContain("SECRET");
  });

  test("is kept for five minutes and then read again, so that a rotation takes effect", async () => {
    const { secret, versions, requests, clock } = await runSecretsManager(holding(textOf(1)));
    expect(await secret.read()).toEqual([keyOf(1)]);
    Object.assign(versions, { current: holding(textOf(2)), previous: holding(textOf(1)) });
    clock.now += 299_999;
    expect(await secret.read()).toEqual([keyOf(1)]);
    expect(requests).toHaveLength(2);
    clock.now += 1;
    expect(await secret.read()).toEqual([keyOf(2), keyOf(1)]);
    expect(requests).toHaveLength(4);
    versions.previous = missing;
    clock.now += 300_000;
    expect(await secret.read()).toEqual([keyOf(2)]);
  });
});

describe("a signing secret that cannot be read", () => {
  test.each<[string, AwsAnswer, AwsAnswer]>([
    ["the current version may not be read", awsFault("AccessDeniedException"), missing],
    ["the current version is reset", "reset", missing],
    ["the previous version may not be read", holding(textOf(2)), awsFault("AccessDeniedException")],
    ["Secrets Manager fails", awsFault("InternalServiceError", 500), awsFault("InternalServiceError", 500)],
  ])("because %s is not kept as such", async (_what, current, previous) => {
    const { secret, versions } = await runSecretsManager(current, previous);
    await rejectionOf(secret.read());
    Object.assign(versions, { current: holding(textOf(2)), previous: holding(textOf(1)) });
    expect(await secret.read()).toEqual([keyOf(2), keyOf(1)]);
  });

  test("because it is not usable may be put right at once", async () => {
    const { secret, versions } = await runSecretsManager(missing);
    await rejectionOf(secret.read());
    versions.current = holding(textOf(1));
    expect(await secret.read()).toEqual([keyOf(1)]);
  });

  test("gives no old keys once their five minutes are over", async () => {
    const { secret, versions, clock } = await runSecretsManager(holding(textOf(1)));
    await secret.read();
    versions.current = awsFault("AccessDeniedException");
    clock.now += 300_000;
    expect(await rejectionOf(secret.read())).toMatchObject({ name: "AccessDeniedException" });
  });
});
