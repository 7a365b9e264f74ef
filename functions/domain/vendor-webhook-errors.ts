/** Errors that only the vendor's webhooks have, besides those of errors.ts and api-errors.ts. */

/** Why a request is not taken for the vendor's: for the log, never for the answer. */
export type Mistrust =
  | "unsigned"
  | "malformed signature"
  | "malformed timestamp"
  | "stale timestamp"
  | "wrong signature";

/** A webhook is not the vendor's, or not of now. */
export class SignatureRefused extends Error {
  override readonly name = "SignatureRefused";

  /** @param mistrust for the log: an answer that told it would help to forge the next one */
  constructor(mistrust: Mistrust) {
    super(mistrust);
  }
}

/** A webhook cannot be taken now: its secret is not set or cannot be read, or time is up. The vendor sends it again. */
export class WebhookNotTaken extends Error {
  override readonly name = "WebhookNotTaken";
}
