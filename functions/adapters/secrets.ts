import { Unauthorized, VendorUnavailable } from "../domain/errors.ts";
import { type Kept, keep, readSecretValue } from "./secret-value.ts";

/** A secret's text. Reading throws Unauthorized when there is none, VendorUnavailable when it cannot be read now. */
export type Secret = Kept<string>;

/** A secret from a fixed text: for one machine, where the environment holds the key. */
export function fixedSecret(text: string): Secret {
  return { read: async () => text, forget: () => undefined };
}

/**
 * A secret from AWS Secrets Manager.
 * @param arn the secret's ARN
 * @param now milliseconds since the epoch
 * @param timeout milliseconds until Secrets Manager must have answered, each of the two times it is asked. Default 3,000
 */
export function secretsManagerSecret(arn: string, now: () => number = Date.now, timeout?: number): Secret {
  return keep(() => fetchSecret(arn, timeout), now);
}

/** Refusals that asking again does not cure: no permission, or a secret marked for deletion. */
const refusedReads = new Set(["AccessDeniedException", "InvalidRequestException"]);

async function fetchSecret(arn: string, timeout: number | undefined): Promise<string> {
  let text: string | undefined;
  try {
    text = (await readSecretValue(arn, { timeout }))?.trim();
  } catch (error) {
    const name = error instanceof Error ? error.name : "unknown";
    if (refusedReads.has(name)) throw new Unauthorized(`the secret ${arn} may not be read: ${name}`);
    throw new VendorUnavailable(`the API key cannot be read: ${name}`);
  }
  // The console's default is a JSON object of keys and values: sent whole, it would look like a wrong key.
  if (text?.startsWith("{")) throw new Unauthorized(`the secret ${arn} must be the key alone, as plain text, not JSON`);
  if (text) return text;
  throw new Unauthorized(
    `the secret ${arn} holds no key: aws secretsmanager put-secret-value --secret-id ${arn} --secret-string <key>`,
  );
}
