import { createHmac } from "node:crypto";

/** How long the vendor waits for an answer, in milliseconds (https://docs.magichour.ai/integration/webhook/create-handler). */
const answerMilliseconds = 10_000;

/** One attempt to tell of an event. */
export interface SignedWebhook {
  /** The receiver, asked when the webhook is sent. An error counts as no answer. */
  readonly url: () => string;
  readonly body: string;
  readonly secret: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Gives the attempt up. */
  readonly signal: AbortSignal;
}

/**
 * POSTs a webhook as the vendor does, signed when it is sent. Redirects are not followed, and the answer's body is not read.
 * Source: https://docs.magichour.ai/integration/webhook/secure-handler
 * @returns the status; null when there was no answer within 10 s, or none at all
 */
export async function postSignedWebhook({ url, body, secret, now, signal }: SignedWebhook): Promise<number | null> {
  const timestamp = String(Math.floor(now / 1_000));
  const headers = {
    "content-type": "application/json",
    "magic-hour-event-signature": createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex"),
    "magic-hour-event-timestamp": timestamp,
  };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(answerMilliseconds)]);
  try {
    const answer = await fetch(url(), { method: "POST", headers, body, redirect: "manual", signal: limit });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return null;
  }
}
