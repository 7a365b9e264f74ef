import { setTimeout } from "node:timers/promises";
import { callSecretsManager, SecretsManagerFault, secretsManagerPlace } from "./secrets-manager.ts";

/** Milliseconds a secret is kept in memory: a rotation takes effect within five minutes. */
export const keptMilliseconds = 300_000;

/** What is read when it is first needed and kept for a while. */
export interface Kept<Value> {
  /** The value. @throws whatever reading it threw; that is not kept */
  read(): Promise<Value>;
  /** Forgets what was kept, so that the next read sees a rotated secret. */
  forget(): void;
}

/** Keeps a value for five minutes. @param now milliseconds since the epoch */
export function keep<Value>(fetch: () => Promise<Value>, now: () => number): Kept<Value> {
  let kept: { readonly value: Value; readonly until: number } | undefined;
  return {
    async read() {
      if (kept && now() < kept.until) return kept.value;
      const value = await fetch();
      kept = { value, until: now() + keptMilliseconds };
      return value;
    },
    forget: () => {
      kept = undefined;
    },
  };
}

/**
 * Times that Secrets Manager is asked, for 3 s each, with at most 0.1 s in between. A poll may read the key twice and call
 * the vendor for twice 15 s: 2 × (2 × 3 + 0.1) + 30 = 42.2 s, within the 45 s that its function has. An attempt of a
 * delivery reads two versions at once and calls for 15 s: 21.1 s, within its 45 s.
 */
const mostAttempts = 2;

/** Most milliseconds before Secrets Manager is asked again; chance says how many, so that callers do not come in step. */
const longestPause = 100;

/** What to read, and how long to wait for it. */
export interface SecretValueRequest {
  /** Staging label of the version. Default AWSCURRENT. */
  readonly stage?: "AWSCURRENT" | "AWSPREVIOUS";
  /** Milliseconds until Secrets Manager must have answered, each of the two times it is asked. Default 3,000. */
  readonly timeout?: number | undefined;
}

/**
 * Reads one version of a secret; undefined when it has no such version or no text. A secret that was created without a
 * value answers as if it did not exist (Secrets Manager API reference).
 * @throws {SecretsManagerFault} which holds no value
 */
export async function readSecretValue(
  arn: string,
  { stage, timeout = 3_000 }: SecretValueRequest = {},
): Promise<string | undefined> {
  const place = secretsManagerPlace(process.env);
  const members = { SecretId: arn, ...(stage && { VersionStage: stage }) };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { SecretString: text } = await callSecretsManager(place, "GetSecretValue", members, timeout);
      return typeof text === "string" ? text : undefined;
    } catch (error) {
      if (!(error instanceof SecretsManagerFault)) throw error;
      if (error.name === "ResourceNotFoundException") return undefined;
      if (!error.mayPass || attempt >= mostAttempts) throw error;
    }
    await setTimeout(longestPause * Math.random());
  }
}
