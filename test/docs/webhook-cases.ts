import { randomBytes } from "node:crypto";
import { parseSigningKeys, signatureHeader } from "../../functions/domain/signature.ts";

/** A webhook as it comes to a receiver, and whether the receiver should believe it. */
export interface WebhookCase {
  /** What is special about it. */
  readonly name: string;
  /** What the receiver verifies by. */
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isGenuine: boolean;
}

/** A signing secret: 32 random bytes. */
const newSecret = () => `whsec_${randomBytes(32).toString("base64")}`;

/** An ed25519 private key. */
const newPrivateKey = () => `whsk_${randomBytes(32).toString("base64")}`;

/** A pair by which the `v1a` cases are signed and verified. */
export interface AsymmetricPair {
  /** `whsk_…` */
  readonly privateKey: string;
  /** `whpk_…` */
  readonly publicKey: string;
}

/** The body of every case: text beyond ASCII, and an order of fields that a parser could lose. */
export const caseBody = JSON.stringify({ type: "transfer.completed", data: { name: "Grüße 🎧", 10: 1, 9: 2 } });

/**
 * Every case, signed at this moment by our own signer.
 * @param pair asymmetric instead of shared secrets
 */
export function webhookCases(pair?: AsymmetricPair): WebhookCase[] {
  const signWith = pair?.privateKey ?? newSecret();
  const secret = pair?.publicKey ?? signWith;
  const now = Math.floor(Date.now() / 1_000);
  const signed = (text: string, { timestamp = now, body = caseBody } = {}) => {
    const messageId = "msg_0123456789abcdef0123456789abcdef01234567";
    const signature = signatureHeader({ messageId, timestamp, body }, parseSigningKeys(text));
    return { "webhook-id": messageId, "webhook-timestamp": String(timestamp), "webhook-signature": signature };
  };
  const genuine = { secret, headers: signed(signWith), body: caseBody };
  const withHeader = (name: keyof typeof genuine.headers, value: string) => ({
    ...genuine,
    headers: { ...genuine.headers, [name]: value },
  });
  const { "webhook-signature": signature } = genuine.headers;
  const [other, ofOtherScheme] = pair ? [newPrivateKey(), newSecret()] : [newSecret(), newPrivateKey()];
  const otherScheme = signature.replace(/^\w+/, pair ? "v1" : "v1a");
  const cases: Record<"genuine" | "forged", Record<string, Omit<WebhookCase, "name" | "isGenuine">>> = {
    genuine: {
      "one key": genuine,
      "two keys, ours first": { ...genuine, headers: signed(`${signWith} ${other}`) },
      "two keys, ours last": { ...genuine, headers: signed(`${other} ${signWith}`) },
      "keys of both schemes": { ...genuine, headers: signed(`${ofOtherScheme}\n${signWith}`) },
      "the same key twice": { ...genuine, headers: signed(`${signWith} ${signWith}`) },
      "a key without its prefix": { ...genuine, secret: secret.replace(/^wh\w+?_/, "") },
      "290 s old": { ...genuine, headers: signed(signWith, { timestamp: now - 290 }) },
    },
    forged: {
      "a changed body": { ...genuine, body: caseBody.replace("completed", "failed") },
      "a body that was parsed and written again": { ...genuine, body: JSON.stringify(JSON.parse(caseBody), null, 1) },
      "another key": { ...genuine, headers: signed(other) },
      "two other keys": { ...genuine, headers: signed(`${other} ${newSecret()}`) },
      "another message id": withHeader("webhook-id", "msg_another"),
      "another time": withHeader("webhook-timestamp", String(now - 1)),
      "310 s old": { ...genuine, headers: signed(signWith, { timestamp: now - 310 }) },
      "310 s ahead": { ...genuine, headers: signed(signWith, { timestamp: now + 310 }) },
      "no time, though signed": { ...genuine, headers: signed(signWith, { timestamp: Number.NaN }) },
      "no signature": withHeader("webhook-signature", ""),
      "an empty signature": withHeader("webhook-signature", "v1, v1a,"),
      "half a signature": withHeader("webhook-signature", signature.slice(0, signature.length / 2)),
      "our signature under another scheme": withHeader("webhook-signature", otherScheme),
      "no headers": { ...genuine, headers: {} },
    },
  };
  return Object.entries(cases).flatMap(([kind, named]) =>
    Object.entries(named).map(([name, webhook]) => ({ name, ...webhook, isGenuine: kind === "genuine" })),
  );
}
