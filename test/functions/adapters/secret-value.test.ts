import { describe, expect, onTestFinished, test, vi } from "vitest";
import { readSecretValue } from "../../../functions/adapters/secret-value.ts";
import { rejectionOf } from "../../support/everything-in.ts";
import { type AwsAnswer, awsFault, localEnvironment, runAwsJson } from "./running-aws-json.ts";

const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:key-abcdef";
const holding = (text: string): AwsAnswer => ({ body: { ARN: arn, SecretString: text } });

/** Secrets Manager with these answers, one after another; the last is given for ever. */
async function runSecretsManager(...answers: readonly AwsAnswer[]) {
  const { requests, url } = await runAwsJson(() => answers[Math.min(requests.length, answers.length) - 1] ?? "stall");
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", url);
  for (const [name, value] of Object.entries(localEnvironment)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  return requests;
}

describe("a secret's value", () => {
  test.each<[string, AwsAnswer]>([
    ["is throttled", awsFault("ThrottlingException")],
    ["fails", awsFault("InternalServiceError", 500)],
    ["is reset", "reset"],
    ["stalls", "stall"],
  ])("that %s once is asked for once more", async (_what, answer) => {
    const requests = await runSecretsManager(answer, holding("text"));
    expect(await readSecretValue(arn, { timeout: 200 })).toBe("text");
    expect(requests).toHaveLength(2);
  });

  test("that fails twice is given up", async () => {
    const requests = await runSecretsManager(awsFault("InternalServiceError", 500));
    expect(await rejectionOf(readSecretValue(arn))).toMatchObject({ name: "InternalServiceError" });
    expect(requests).toHaveLength(2);
  });

  test("that is refused is asked for once", async () => {
    const requests = await runSecretsManager(awsFault("AccessDeniedException"));
    expect(await rejectionOf(readSecretValue(arn))).toMatchObject({ name: "AccessDeniedException" });
    expect(requests).toHaveLength(1);
  });

  test.each<[string, AwsAnswer]>([
    ["there is no such version", awsFault("ResourceNotFoundException")],
    ["it is binary", { body: { ARN: arn, SecretBinary: "AAEC" } }],
  ])("is undefined when %s", async (_what, answer) => {
    const requests = await runSecretsManager(answer);
    expect(await readSecretValue(arn, { stage: "AWSPREVIOUS" })).toBeUndefined();
    const body = { SecretId: arn, VersionStage: "AWSPREVIOUS" };
    expect(requests).toEqual([{ target: "secretsmanager.GetSecretValue", body }]);
  });

  test("is asked for again where it was asked for first, whatever the environment says by then", async () => {
    const first = await runSecretsManager("stall", holding("first"));
    const reading = readSecretValue(arn, { timeout: 200 });
    const second = await runSecretsManager(holding("second"));
    expect(await reading).toBe("first");
    expect([first.length, second.length]).toEqual([2, 0]);
  });
});
