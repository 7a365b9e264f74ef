import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { fixedSecret, secretsManagerSecret } from "../../../functions/adapters/secrets.ts";
import { everythingIn, rejectionOf } from "../../support/everything-in.ts";

const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:magic-hour-abcdef";

/** An answer of Secrets Manager; `reset` and `stall` are none. */
type Answer = { readonly status?: number; readonly body: object } | "reset" | "stall";

const holding = (text: string): Answer => ({ body: { ARN: arn, Name: "magic-hour", SecretString: text } });

const failing = (name: string, status = 400): Answer => ({
  status,
  body: { __type: name, Message: `${name} of mhk_live_secretkey` },
});

/** Secrets Manager (AWS JSON 1.1) on a local port, to which the SDK is pointed; the last answer is given for ever. */
async function runSecretsManager(...answers: readonly Answer[]) {
  const requests: { target: unknown; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body: unknown = JSON.parse(Buffer.concat(pieces).toString());
    const nth = requests.push({ target: request.headers["x-amz-target"], body });
    const answer = answers[Math.min(nth, answers.length) - 1] ?? "stall";
    if (answer === "reset") request.socket.resetAndDestroy();
    if (typeof answer === "string") return;
    response.writeHead(answer.status ?? 200, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "dummy");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "dummy");
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });
  const clock = { now: 1_000_000 };
  return { requests, clock, secret: secretsManagerSecret(arn, () => clock.now) };
}

test("a fixed secret is its text, whatever is forgotten", async () => {
  const secret = fixedSecret("mhk_live_1");
  secret.forget();
  expect(await secret.read()).toBe("mhk_live_1");
});

describe("a secret from Secrets Manager", () => {
  test("is fetched at the first read, trimmed, and kept for five minutes", async () => {
    const { secret, requests, clock } = await runSecretsManager(holding(" mhk_live_1\n"), holding("mhk_live_2"));
    expect(requests).toEqual([]);
    expect(await secret.read()).toBe("mhk_live_1");
    expect(requests).toEqual([{ target: "secretsmanager.GetSecretValue", body: { SecretId: arn } }]);
    clock.now += 299_999;
    expect(await secret.read()).toBe("mhk_live_1");
    expect(requests).toHaveLength(1);
    clock.now += 1;
    expect(await secret.read()).toBe("mhk_live_2");
  });

  test("is fetched again once it is forgotten", async () => {
    const { secret } = await runSecretsManager(holding("mhk_live_1"), holding("mhk_live_2"));
    expect(await secret.read()).toBe("mhk_live_1");
    secret.forget();
    expect(await secret.read()).toBe("mhk_live_2");
  });

  test.each<[string, Answer]>([
    ["was never given a value", failing("ResourceNotFoundException")],
    ["is empty", holding("")],
    ["is blank", holding(" \n")],
    ["is binary", { body: { ARN: arn, SecretBinary: "AAEC" } }],
  ])("that %s is a refusal that says what to do", async (_name, answer) => {
    const { secret } = await runSecretsManager(answer);
    expect(await rejectionOf(secret.read())).toMatchObject({
      name: "Unauthorized",
      message: expect.stringContaining(`aws secretsmanager put-secret-value --secret-id ${arn}`),
    });
  });

  test("that may not be read is a refusal", async () => {
    const { secret } = await runSecretsManager(failing("AccessDeniedException"));
    const error = await rejectionOf(secret.read());
    expect(error).toMatchObject({
      name: "Unauthorized",
      message: `the secret ${arn} may not be read: AccessDeniedException`,
    });
    expect(everythingIn(error)).not.toContain("secretkey");
  });

  test.each<[string, Answer]>([
    ["is throttled", failing("ThrottlingException")],
    ["fails", failing("InternalServiceError", 500)],
    ["cannot be decrypted now", failing("DecryptionFailure")],
    ["is reset", "reset"],
  ])("that %s may be read later", async (_name, answer) => {
    const { secret } = await runSecretsManager(answer);
    const error = await rejectionOf(secret.read());
    expect(error.name).toBe("VendorUnavailable");
    expect(everythingIn(error)).not.toContain("secretkey");
  });

  test("that never comes is not waited for for ever", async () => {
    await runSecretsManager("stall");
    const error = await rejectionOf(secretsManagerSecret(arn, Date.now, 200).read());
    expect(error).toMatchObject({ name: "VendorUnavailable", message: expect.stringContaining("TimeoutError") });
  });

  test("that failed once is not kept as failed", async () => {
    const { secret } = await runSecretsManager(failing("AccessDeniedException"), holding("mhk_live_1"));
    await rejectionOf(secret.read());
    expect(await secret.read()).toBe("mhk_live_1");
  });
});

test("a secret of keys and values, the console's default, is refused and not sent as a key", async () => {
  const { secret } = await runSecretsManager(holding('{"key":"mhk_live_secretkey"}'));
  const error = await rejectionOf(secret.read());
  expect(error).toMatchObject({ name: "Unauthorized", message: expect.stringContaining("as plain text, not JSON") });
  expect(everythingIn(error)).not.toContain("secretkey");
});

test("a secret marked for deletion is a refusal, not something to be polled for", async () => {
  const { secret } = await runSecretsManager(failing("InvalidRequestException"));
  await expect(secret.read()).rejects.toMatchObject({ name: "Unauthorized" });
});
