import { createHmac, createPrivateKey, type KeyObject, sign as signWith } from "node:crypto";
import { InvalidSigningSecret } from "./errors.ts";

/** Bounds of a symmetric secret, in bytes (Standard Webhooks 1.0.0, "Signature scheme": 192 to 512 bits). */
const shortestSecret = 24;
const longestSecret = 64;

/** Bytes of an ed25519 seed (RFC 8032, section 5.1.5). */
const seedBytes = 32;

/** A PKCS #8 wrapping of an ed25519 seed, up to the seed itself (RFC 8410, section 7). */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** Most keys of one secret. While it is rotated, those of two versions sign: eight signatures of 91 characters at most. */
export const mostSigningKeys = 4;

/** A key that signs messages: `v1` by HMAC-SHA256, `v1a` by ed25519. */
export type SigningKey =
  | { readonly scheme: "v1"; readonly secret: Buffer }
  | { readonly scheme: "v1a"; readonly privateKey: KeyObject };

/** What is signed. */
export interface SignedMessage {
  /** The message id, without a dot. */
  readonly messageId: string;
  /** When the attempt is made, in whole seconds since the epoch. */
  readonly timestamp: number;
  /** The body, exactly as it is sent. */
  readonly body: string;
}

/**
 * Reads the keys of one secret: texts separated by blanks or line breaks. `whsec_` and base64 of 24 to 64 bytes is a
 * symmetric secret (the prefix may be left out), `whsk_` and base64 of 32 bytes an ed25519 private key.
 * @throws {InvalidSigningSecret} naming the bound; never the text
 */
export function parseSigningKeys(text: string): SigningKey[] {
  const words = text.split(/\s+/).filter(Boolean);
  if (words.length === 0 || words.length > mostSigningKeys) {
    throw new InvalidSigningSecret(
      `a signing secret must hold 1 to ${mostSigningKeys} keys, this one holds ${words.length}`,
    );
  }
  return words.map(parseSigningKey);
}

function parseSigningKey(word: string): SigningKey {
  if (word.startsWith("whsk_")) {
    const seed = decode(word.slice("whsk_".length));
    if (seed?.length !== seedBytes) {
      throw new InvalidSigningSecret(`an ed25519 signing key must be whsk_ and ${seedBytes} bytes in base64`);
    }
    const key = Buffer.concat([pkcs8Prefix, seed]);
    return { scheme: "v1a", privateKey: createPrivateKey({ key, format: "der", type: "pkcs8" }) };
  }
  const secret = decode(word.replace(/^whsec_/, ""));
  if (!secret || secret.length < shortestSecret || secret.length > longestSecret) {
    const found = secret ? `these are ${secret.length}` : "this is no base64";
    throw new InvalidSigningSecret(
      `a signing secret must be whsec_ and ${shortestSecret} to ${longestSecret} bytes in base64, ${found}`,
    );
  }
  return { scheme: "v1", secret };
}

/** Padded base64 in its one right spelling, because receivers' libraries accept no other; undefined when it is not. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

/** The `webhook-signature` header: one signature a key, separated by blanks (Standard Webhooks, "Webhook headers"). */
export function signatureHeader({ messageId, timestamp, body }: SignedMessage, keys: readonly SigningKey[]): string {
  const content = Buffer.from(`${messageId}.${timestamp}.${body}`);
  return keys.map((key) => `${key.scheme},${signatureOf(content, key)}`).join(" ");
}

function signatureOf(content: Buffer, key: SigningKey): string {
  switch (key.scheme) {
    case "v1":
      return createHmac("sha256", key.secret).update(content).digest("base64");
    case "v1a":
      return signWith(null, content, key.privateKey).toString("base64");
  }
}
