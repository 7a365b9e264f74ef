/**
 * Signed download URLs after Google Cloud Storage's V4 scheme with an HMAC key ("GOOG4-HMAC-SHA256"), see
 * https://cloud.google.com/storage/docs/authentication/canonical-requests and .../authentication/signatures.
 * The signature covers method, path, every query parameter and the host.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { StorageError } from "./storage-error.ts";

const algorithm = "GOOG4-HMAC-SHA256";
const scopeTail = "auto/storage/goog4_request";

/** The key that signs: an access id, which shows in the URL, and its secret. */
export interface SigningKey {
  readonly accessId: string;
  readonly secret: string;
}

/** What to sign. */
interface Grant {
  /** Scheme, host and port, such as `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** The escaped path, from its first slash. */
  readonly path: string;
  /** Milliseconds since the epoch; V4 keeps whole seconds. */
  readonly now: number;
  /** Seconds until the URL expires. */
  readonly lifetimeSeconds: number;
  /** Which URL for this path it is. V4 alone repeats a URL within one second; the vendor promises a fresh one. */
  readonly issue: number;
}

/** A request as it arrived: the check reads the bytes of the URL as they are, so that a re-encoded query fails. */
interface SignedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  /** The Host header. */
  readonly host: string;
}

/** Signs a GET. `expiresAt` is in milliseconds since the epoch. */
export function signUrl(key: SigningKey, grant: Grant): { readonly url: string; readonly expiresAt: number } {
  const signedAt = Math.floor(grant.now / 1000) * 1000;
  const date = basicDate(signedAt);
  const query = [
    ["X-Goog-Algorithm", algorithm],
    ["X-Goog-Credential", `${key.accessId}/${date.slice(0, 8)}/${scopeTail}`],
    ["X-Goog-Date", date],
    ["X-Goog-Expires", String(grant.lifetimeSeconds)],
    ["X-Goog-SignedHeaders", "host"],
    ["issue", String(grant.issue)],
  ].map(([name, value = ""]) => `${name}=${encodeURIComponent(value)}`);
  const host = new URL(grant.origin).host;
  const signature = sign(key, date, { method: "GET", path: grant.path, query, host });
  return {
    url: `${grant.origin}${grant.path}?${query.join("&")}&X-Goog-Signature=${signature}`,
    expiresAt: signedAt + grant.lifetimeSeconds * 1000,
  };
}

/**
 * Why the request may not pass at `now` (milliseconds since the epoch), or undefined when it may. In the order seen
 * on the real service: malformed fields, then expiry (400), then the signature (403).
 */
export function checkSignature(key: SigningKey, request: SignedRequest, now: number): StorageError | undefined {
  const [path = "", search = ""] = splitOnce(request.url, "?");
  const fields = new URLSearchParams(search);
  const given = fields.get("X-Goog-Signature");
  if (given === null) return { code: "AccessDenied", details: "Anonymous caller does not have access to the object." };
  const date = fields.get("X-Goog-Date") ?? "";
  const signedAt = parseBasicDate(date);
  if (signedAt === undefined) return malformed("X-Goog-Date");
  const lifetime = fields.get("X-Goog-Expires") ?? "";
  if (!/^[1-9]\d{0,5}$/.test(lifetime)) return malformed("X-Goog-Expires");
  const expiresAt = signedAt + Number(lifetime) * 1000;
  if (now >= expiresAt) return expired(expiresAt);
  const query = search.split("&").filter((field) => !field.startsWith("X-Goog-Signature="));
  const due = sign(key, date, { method: request.method, path, query, host: request.host });
  return equalInConstantTime(given, due) ? undefined : { code: "SignatureDoesNotMatch", details: mismatch };
}

const mismatch = "The request signature we calculated does not match the signature you provided.";

function malformed(field: string): StorageError {
  return { code: "MalformedSecurityHeader", details: `${field} is missing or has a form that V4 does not know.` };
}

function expired(expiresAt: number): StorageError {
  const when = new Date(expiresAt).toISOString().replace(".000Z", "+00:00");
  return { code: "ExpiredToken", details: `The provided token has expired. Request signature expired at: ${when}` };
}

interface CanonicalParts {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly host: string;
}

function sign(key: SigningKey, date: string, { method, path, query, host }: CanonicalParts): string {
  const canonicalQuery = query.toSorted().join("&");
  const canonical = [method, path, canonicalQuery, `host:${host}`, "", "host", "UNSIGNED-PAYLOAD"].join("\n");
  const day = date.slice(0, 8);
  const digest = createHash("sha256").update(canonical).digest("hex");
  const stringToSign = [algorithm, date, `${day}/${scopeTail}`, digest].join("\n");
  // The key is narrowed step by step to day, place, service and use.
  const narrowed = [day, ...scopeTail.split("/")].reduce<string | Buffer>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `GOOG4${key.secret}`,
  );
  return createHmac("sha256", narrowed).update(stringToSign).digest("hex");
}

/** 1970-01-01T00:00:00.000Z becomes 19700101T000000Z. */
function basicDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function parseBasicDate(text: string): number | undefined {
  const fields = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (fields === null) return undefined;
  const [, year, month, day, hour, minute, second] = fields;
  const milliseconds = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

function equalInConstantTime(given: string, due: string): boolean {
  const givenBytes = Buffer.from(given);
  const dueBytes = Buffer.from(due);
  return givenBytes.length === dueBytes.length && timingSafeEqual(givenBytes, dueBytes);
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
