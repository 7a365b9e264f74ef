/**
 * Whether a webhook is the vendor's.
 * Source: https://docs.magichour.ai/integration/webhook/secure-handler, and the webhook module of the vendor's Python SDK.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { type RequestBody, readBodyBytes } from "./api-body.ts";
import { type Mistrust, SignatureRefused } from "./vendor-webhook-errors.ts";

/** How far a timestamp may be from now, to either side, in milliseconds: the vendor's 5 minutes. */
const toleranceMilliseconds = 300_000;

/** A request that claims to be the vendor's. */
export interface SignedRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The bytes as they came. */
  readonly body: Uint8Array;
}

/**
 * The request with its bytes as they came: a project of 100 outputs with 1 kB for each signed URL fits twice.
 * @throws {BodyTooLarge} above 262,144 bytes
 */
export function readSignedRequest({ headers, ...body }: RequestBody): SignedRequest {
  return { headers, body: readBodyBytes(body) };
}

/**
 * Lets pass what the vendor signed: his signature is lower-case hexadecimal HMAC-SHA256 over `<timestamp>.<body>`, keyed
 * with the secret's text in UTF-8, and the timestamp is in seconds and at most 300 s from now.
 * @param secrets those that may have signed; an empty one never did
 * @param now milliseconds since the epoch
 * @throws {SignatureRefused} for everything else
 */
export function requireSigned(request: SignedRequest, secrets: readonly string[], now: number): void {
  const mistrust = mistrustOf(request, secrets, now);
  if (mistrust !== undefined) throw new SignatureRefused(mistrust);
}

function mistrustOf({ headers, body }: SignedRequest, secrets: readonly string[], now: number): Mistrust | undefined {
  const { "magic-hour-event-signature": signature, "magic-hour-event-timestamp": timestamp } = headers;
  if (!signature || !timestamp) return "unsigned";
  if (!/^[0-9a-f]{64}$/.test(signature)) return "malformed signature";
  // Twelve digits of seconds last for 30,000 years and are exact as milliseconds, too.
  if (!/^\d{1,12}$/.test(timestamp)) return "malformed timestamp";
  if (Math.abs(now - Number(timestamp) * 1_000) > toleranceMilliseconds) return "stale timestamp";
  const given = Buffer.from(signature, "hex");
  const isSigned = secrets.some((secret) => secret !== "" && timingSafeEqual(given, digestOf(secret, timestamp, body)));
  return isSigned ? undefined : "wrong signature";
}

function digestOf(secret: string, timestamp: string, body: Uint8Array): Buffer {
  return createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest();
}
