import type { Delivery } from "../domain/delivery.ts";
import { endpointKey, withoutPath } from "../domain/endpoint.ts";
import { AddressRefused, InvalidSigningSecret } from "../domain/errors.ts";
import type { Answer } from "../domain/outcome.ts";
import { redact } from "../domain/redaction.ts";
import { type SigningKey, signatureHeader } from "../domain/signature.ts";
import { type GuardedHttp, type GuardedResponse, readStart } from "./guarded-http.ts";
import { NetworkFault } from "./network-fault.ts";
import type { SigningSecret } from "./signing-secrets.ts";

/** Milliseconds for one attempt in all: name, connection, request, answer and what is read of its body. */
const attemptTimeout = 15_000;

/** Most bytes of an answer's body that are read and kept. */
const largestResponseBytes = 16_384;

/** What an attempt needs. */
export interface WebhookPorts {
  /** The way out. */
  readonly http: GuardedHttp;
  /** Keys for this endpoint. */
  readonly signingSecret: SigningSecret;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds for the attempt in all. Default 15,000. */
  readonly timeout?: number;
}

/**
 * One POST of an event to a receiver, signed at this moment (Standard Webhooks 1.0.0). Never throws for what a receiver, the
 * network or a secret does: all of it is an answer. A status decides as soon as it is there, whatever becomes of the body.
 */
export async function postWebhook({ messageId, endpoint, event }: Delivery, ports: WebhookPorts): Promise<Answer> {
  const { http, now, timeout = attemptTimeout } = ports;
  const keys = await readKeys(ports.signingSecret);
  if (typeof keys === "string") return { kind: "unanswered", reason: keys };
  const body = JSON.stringify(event);
  const timestamp = Math.floor(now() / 1_000);
  const headers = {
    "content-type": "application/json",
    "user-agent": "magic-hour-audio-transfer",
    "webhook-id": messageId,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatureHeader({ messageId, timestamp, body }, keys),
  };
  const bounds = { signal: AbortSignal.timeout(timeout), headersTimeout: timeout, bodyTimeout: timeout };
  try {
    // In the spelling by which endpoints are told apart, so that no other one borrows its secret.
    const response = await http.request(endpointKey(endpoint), { method: "POST", headers, body, ...bounds });
    const text = withoutPath(await readResponse(response), endpoint);
    const retryAfter = response.header("retry-after");
    return { kind: "answered", status: response.status, retryAfter, body: redact(text, largestResponseBytes) };
  } catch (error) {
    if (error instanceof AddressRefused) return { kind: "refused", reason: error.message };
    if (error instanceof NetworkFault) return { kind: "unanswered", reason: error.message };
    throw error;
  }
}

/** The keys, or why there are none: that can be put right while the schedule lasts. */
async function readKeys(signingSecret: SigningSecret): Promise<readonly SigningKey[] | string> {
  try {
    return await signingSecret.read();
  } catch (error) {
    if (error instanceof InvalidSigningSecret) return error.message;
    return `the signing secret cannot be read: ${error instanceof Error ? error.name : "unknown fault"}`;
  }
}

async function readResponse(response: GuardedResponse): Promise<string> {
  const { text, fault } = await readStart(response, largestResponseBytes);
  return fault ? `${text} (the body broke off: ${fault.code})`.trimStart() : text;
}
