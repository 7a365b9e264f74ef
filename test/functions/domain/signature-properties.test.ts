/** What holds of all signatures, as receivers see them; vectors and bounds are in signature.test.ts. */
import { createPublicKey, generateKeyPairSync, type KeyObject, verify as verifyWith } from "node:crypto";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { InvalidSigningSecret } from "../../../functions/domain/errors.ts";
import {
  mostSigningKeys,
  parseSigningKeys,
  type SignedMessage,
  signatureHeader,
} from "../../../functions/domain/signature.ts";

const sign = (message: SignedMessage, secret: string) => signatureHeader(message, parseSigningKeys(secret));

/** Whether a receiver that uses the library of the specification accepts the message; its clock is that of this machine. */
function isAccepted({ messageId, timestamp, body }: SignedMessage, signature: string, secret: string): boolean {
  const headers = { "webhook-id": messageId, "webhook-timestamp": `${timestamp}`, "webhook-signature": signature };
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

/** Whether an ed25519 signature of the header is that of the public key, as the specification says how to look. */
function isVerified({ messageId, timestamp, body }: SignedMessage, header: string, publicKey: KeyObject): boolean {
  const content = Buffer.from(`${messageId}.${timestamp}.${body}`);
  const signatures = header.split(" ").filter((signature) => signature.startsWith("v1a,"));
  return signatures.some((text) => verifyWith(null, content, publicKey, Buffer.from(text.slice(4), "base64")));
}

/** An ed25519 pair made by Node, its private key in the form of Standard Webhooks. */
function newPair(): { secret: string; publicKey: KeyObject } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const seed = Buffer.from(privateKey.export({ format: "jwk" }).d ?? "", "base64url");
  return { secret: `whsk_${seed.toString("base64")}`, publicKey };
}

const secrets = fc
  .uint8Array({ minLength: 24, maxLength: 64 })
  .map((bytes) => `whsec_${Buffer.from(bytes).toString("base64")}`);
const halves = fc.array(fc.nat({ max: 0xffff }), { maxLength: 50 }).map((units) => String.fromCharCode(...units));
const bodies = fc.oneof(
  fc.json(),
  fc.string({ unit: "binary" }),
  halves,
  fc.constantFrom("", "{}", "\u0000", "é日🎧", "x".repeat(20_000), "日".repeat(6_000)),
);
const ids = fc.stringMatching(/^[A-Za-z0-9_-]{1,100}$/);
/** Within the five minutes that receivers tolerate. */
const moments = fc.integer({ min: -60, max: 60 }).map((seconds) => Math.floor(Date.now() / 1_000) + seconds);
const messages = fc.record({ messageId: ids, timestamp: moments, body: bodies });

describe("any signature", () => {
  it("of any message and any secret is accepted by the specification's library", () => {
    fc.assert(
      fc.property(messages, secrets, (message, secret) => {
        expect(isAccepted(message, sign(message, secret), secret)).toBe(true);
      }),
    );
  });

  it("is the library's own, whenever it is made", () => {
    fc.assert(
      fc.property(messages, fc.nat({ max: 4_000_000_000 }), secrets, ({ messageId, body }, timestamp, secret) => {
        const own = new Webhook(secret).sign(messageId, new Date(timestamp * 1_000), body);
        expect(sign({ messageId, timestamp, body }, secret)).toBe(own);
      }),
    );
  });

  it("of several keys is accepted with each of them, and with no other", () => {
    const several = fc.uniqueArray(secrets, { minLength: 2, maxLength: mostSigningKeys + 1 });
    fc.assert(
      fc.property(messages, several, (message, [other = "", ...keys]) => {
        const header = sign(message, keys.join(" "));
        expect(header.split(" ")).toHaveLength(keys.length);
        for (const secret of keys) expect(isAccepted(message, header, secret)).toBe(true);
        expect(isAccepted(message, header, other)).toBe(false);
      }),
    );
  });

  it("by ed25519 is verified with the public key alone, also beside a symmetric one", () => {
    const [pair, other] = [newPair(), newPair()];
    fc.assert(
      fc.property(messages, secrets, (message, secret) => {
        const header = sign(message, `${secret}\n${pair.secret}`);
        expect(isVerified(message, header, pair.publicKey)).toBe(true);
        expect(isVerified(message, header, other.publicKey)).toBe(false);
        expect(isAccepted(message, header, secret)).toBe(true);
      }),
    );
  });

  it("is not that of a message of which one bit is changed", () => {
    const { secret: privateKey, publicKey } = newPair();
    const flipped = (text: string, nth: number, bit: number) => {
      const at = nth % text.length;
      return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << bit)) + text.slice(at + 1);
    };
    const ascii = messages.chain((message) => fc.json().map((body) => ({ ...message, body })));
    const changes = fc.record({ nth: fc.nat({ max: 1_000 }), bit: fc.nat({ max: 5 }) });
    fc.assert(
      fc.property(ascii, secrets, changes, (message, secret, { nth, bit }) => {
        const header = sign(message, `${secret} ${privateKey}`);
        const { messageId, timestamp, body } = message;
        // The sixth bit of a time is 32 s: still a moment that the receiver tolerates, so that only the signature refuses.
        const changed = [
          { ...message, body: flipped(body, nth, bit) },
          { ...message, messageId: flipped(messageId, nth, bit) },
          { ...message, timestamp: timestamp ^ (1 << bit) },
        ];
        for (const other of changed) {
          expect(isAccepted(other, header, secret)).toBe(false);
          expect(isVerified(other, header, publicKey)).toBe(false);
        }
        expect(isAccepted(message, header, secret) && isVerified(message, header, publicKey)).toBe(true);
      }),
    );
  });
});

describe("any signing secret", () => {
  it("of any text gives keys or InvalidSigningSecret, which never repeats it", () => {
    const words = fc.oneof(
      fc.uint8Array({ minLength: 6, maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString("base64")),
      fc.stringMatching(/^[ -~]{8,60}$/),
    );
    const texts = fc.tuple(fc.constantFrom("whsec_", "whsk_", ""), words);
    fc.assert(
      fc.property(texts, ([prefix, word]) => {
        try {
          expect(parseSigningKeys(prefix + word).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidSigningSecret);
          expect(String(error)).not.toContain(word);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("of ed25519 is the private key whose public key Node derives from the same seed", () => {
    const { secret, publicKey } = newPair();
    const [key] = parseSigningKeys(secret);
    if (key?.scheme !== "v1a") throw new Error("not a key of ed25519");
    expect(createPublicKey(key.privateKey).equals(publicKey)).toBe(true);
  });
});
