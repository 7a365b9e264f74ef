/** Webhooks as the vendor sends them and as somebody else would, for the function that receives them. */
import { createHmac } from "node:crypto";
import { vendorWebhookRoute } from "../../functions/contract.ts";
import type { FunctionContext } from "../../functions/host.ts";
import type { HttpEvent } from "../../functions/http-event.ts";

/** The vendor's secret of all tests. */
export const vendorSecret = "mhws_secret of the account";

/** A webhook, right but for what is given. */
export interface WebhookParts {
  /** What is signed, and sent. */
  readonly body?: string;
  /** Default {@link vendorSecret}. */
  readonly secret?: string;
  /** When it is sent, in milliseconds since the epoch. Default now. */
  readonly at?: number;
  /** Headers in place of the right ones; undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** What is sent in place of the signed body. */
  readonly sent?: string;
}

/** The request that brings it. */
export function webhookRequest({
  body = "",
  secret = vendorSecret,
  at = Date.now(),
  headers = {},
  sent = body,
}: WebhookParts): HttpEvent {
  const timestamp = String(Math.floor(at / 1_000));
  const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  const right = { "magic-hour-event-signature": signature, "magic-hour-event-timestamp": timestamp };
  const all = { "content-type": "application/json", ...right, ...headers };
  return { routeKey: vendorWebhookRoute, rawQueryString: "", headers: all, body: sent, isBase64Encoded: false };
}

/** The body of an event. */
export function eventBody(type: string, id: string, more: object = {}): string {
  return JSON.stringify({ type, payload: { id, status: "complete", ...more } });
}

/** A function's context with so much time left, in milliseconds. Default the nine seconds of receive-webhook. */
export function timeLeft(milliseconds = 9_000): FunctionContext {
  return { getRemainingTimeInMillis: () => milliseconds };
}
