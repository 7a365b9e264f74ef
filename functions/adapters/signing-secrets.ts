import { parseSigningKeys, type SigningKey } from "../domain/signature.ts";
import { keptMilliseconds, readSecretValue } from "./secret-value.ts";

/** The keys that messages are signed with. */
export interface SigningSecret {
  /**
   * The keys of the current version of the secret, then those of the previous one while there is one.
   * @throws {InvalidSigningSecret} when the current version has no usable key; the SDK's error when it cannot be read
   */
  read(): Promise<readonly SigningKey[]>;
}

/** A signing secret from a fixed text: for one machine, where the environment holds it. */
export function fixedSigningSecret(text: string): SigningSecret {
  return { read: async () => parseSigningKeys(text) };
}

/**
 * A signing secret from AWS Secrets Manager. A new value is put there and nothing else: Secrets Manager keeps the one
 * before as AWSPREVIOUS, and both sign from then on, so that receivers may change over when they like.
 * @param now milliseconds since the epoch
 */
export function secretsManagerSigningSecret(arn: string, now: () => number): SigningSecret {
  let kept: { keys: readonly SigningKey[]; until: number } | undefined;
  return {
    async read() {
      if (kept && now() < kept.until) return kept.keys;
      const [current, previous] = await Promise.all([
        readSecretValue(arn),
        readSecretValue(arn, { stage: "AWSPREVIOUS" }),
      ]);
      const keys = [...parseSigningKeys(current ?? ""), ...usableKeys(previous)];
      kept = { keys, until: now() + keptMilliseconds };
      return keys;
    },
  };
}

/** A previous version may never have been a secret of ours: what it cannot sign is left out. */
function usableKeys(text: string | undefined): SigningKey[] {
  try {
    return text === undefined ? [] : parseSigningKeys(text);
  } catch {
    return [];
  }
}
