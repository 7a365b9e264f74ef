import { parseSigningKeys, type SigningKey } from "../domain/signature.ts";
import { keep, readSecretValue } from "./secret-value.ts";

/** The keys that messages are signed with. */
export interface SigningSecret {
  /**
   * The keys of the current version of the secret, then those of the previous one while there is one.
   * @throws {InvalidSigningSecret} when the current version has no usable key
   * @throws {SecretsManagerFault} when it cannot be read
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
  return keep(async () => {
    const [current, previous] = await Promise.all([
      readSecretValue(arn),
      readSecretValue(arn, { stage: "AWSPREVIOUS" }),
    ]);
    return [...parseSigningKeys(current ?? ""), ...usableKeys(previous)];
  }, now);
}

/** A previous version may never have been a secret of ours: what it cannot sign is left out. */
function usableKeys(text: string | undefined): SigningKey[] {
  try {
    return text === undefined ? [] : parseSigningKeys(text);
  } catch {
    return [];
  }
}
