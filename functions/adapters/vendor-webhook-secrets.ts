import { WebhookNotTaken } from "../domain/vendor-webhook-errors.ts";
import { keep, readSecretValue } from "./secret-value.ts";

/** What the vendor may have signed with. */
export interface VendorWebhookSecrets {
  /**
   * The secrets' texts: at least one, none of them empty.
   * @throws {WebhookNotTaken} while none is set, or when it cannot be read
   */
  read(): Promise<readonly string[]>;
}

/**
 * Milliseconds until Secrets Manager must have answered, each of the two times it is asked: with at most 0.1 s in between,
 * 2 × 1.5 + 0.1 = 3.1 s at most, and both versions are read at once. The answer has 7 s: what is left of them is for Step
 * Functions, and a webhook that came to nothing is sent again.
 */
const timeout = 1_500;

/** The secret from a fixed text: for one machine, where the environment holds it. Empty: none is set. */
export function fixedVendorWebhookSecrets(text: string): VendorWebhookSecrets {
  return { read: async () => usable([text]) };
}

/**
 * The secret from AWS Secrets Manager, kept for five minutes: its current version and, because the vendor changes over at
 * another moment than we do, the previous one.
 * @param now milliseconds since the epoch
 */
export function secretsManagerVendorWebhookSecrets(arn: string, now: () => number): VendorWebhookSecrets {
  const stages = ["AWSCURRENT", "AWSPREVIOUS"] as const;
  return keep(async () => {
    const texts = await Promise.all(stages.map((stage) => readSecretValue(arn, { stage, timeout }))).catch(
      (error: unknown) => {
        const name = error instanceof Error ? error.name : "unknown";
        throw new WebhookNotTaken(`the secret that the vendor signs with cannot be read: ${name}`);
      },
    );
    // In here, so that only a secret is kept: one that is set at last counts from the next webhook on.
    return usable(texts);
  }, now);
}

/** Without the console's default, a JSON object of keys and values: nobody signs with that. */
function usable(texts: readonly (string | undefined)[]): readonly string[] {
  const secrets = texts.flatMap((text) => text?.trim() || []).filter((text) => !text.startsWith("{"));
  if (secrets.length > 0) return secrets;
  throw new WebhookNotTaken(
    "the secret that the vendor signs with is not set, or is not the secret alone as plain text",
  );
}
