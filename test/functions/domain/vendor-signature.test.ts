import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { largestBodyBytes } from "../../../functions/domain/api-body.ts";
import { BodyTooLarge } from "../../../functions/domain/api-errors.ts";
import { readSignedRequest, requireSigned, type SignedRequest } from "../../../functions/domain/vendor-signature.ts";
import { SignatureRefused } from "../../../functions/domain/vendor-webhook-errors.ts";

const secret = "mhws_secret of the vendor";
const timestamp = "1730742038";
const now = Number(timestamp) * 1_000;
const body = '{"type":"audio.completed","payload":{"id":"cm3abc"}}';

/** Made by `openssl dgst -sha256 -hmac`, and by Python's `hmac` for the second: without any code of ours. */
const signature = "c85a8d649941fcbd030631d54ebf9b6abdcc136e461ab545a4a3e9393b0a0a89";
const foreign = {
  secret: "mhws_ä secret",
  body: '{"name":"Grüße"}',
  signature: "e6b508f276d12f2e7bd405dbe2ff0b3934f445b9e832e3afb010f08588156b05",
};

/** A request that is signed right, but for what is given. */
function request(changes: { signature?: string; timestamp?: string; body?: string | Uint8Array } = {}): SignedRequest {
  const given = { signature, timestamp, body, ...changes };
  return {
    headers: { "magic-hour-event-signature": given.signature, "magic-hour-event-timestamp": given.timestamp },
    body: Buffer.from(given.body),
  };
}

/** Why a request is refused; undefined when it is not. */
function refusal(signed: SignedRequest, { secrets = [secret], at = now } = {}): string | undefined {
  try {
    requireSigned(signed, secrets, at);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(SignatureRefused);
    return (error as Error).message;
  }
}

const signed = (key: string, time: string, bytes: Uint8Array) =>
  createHmac("sha256", key)
    .update(Buffer.concat([Buffer.from(`${time}.`), bytes]))
    .digest("hex");

describe("the vendor's signature", () => {
  it("is hexadecimal HMAC-SHA256 over timestamp, dot and body, keyed with the secret's text in UTF-8", () => {
    expect(refusal(request())).toBeUndefined();
    expect(refusal(request(foreign), { secrets: [foreign.secret] })).toBeUndefined();
  });

  it("may be any secret's of several, and never that of an empty one or of none", () => {
    expect(refusal(request(), { secrets: ["another", secret] })).toBeUndefined();
    expect(refusal(request(), { secrets: [secret, "another"] })).toBeUndefined();
    expect(refusal(request(), { secrets: ["another", "and another"] })).toBe("wrong signature");
    expect(refusal(request(), { secrets: [] })).toBe("wrong signature");
    const withNothing = request({ signature: signed("", timestamp, Buffer.from(body)) });
    expect(refusal(withNothing, { secrets: ["", secret] })).toBe("wrong signature");
  });

  it("holds for bytes, whatever they are, within 300 s to either side", () => {
    const within = fc.integer({ min: -300_000, max: 300_000 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string({ minLength: 1 }), within, (bytes, key, distance) => {
        const own = request({ body: bytes, signature: signed(key, timestamp, bytes) });
        expect(refusal(own, { secrets: [key], at: now + distance })).toBeUndefined();
      }),
    );
  });

  it("ends at 300 s from its timestamp, before and after", () => {
    expect(refusal(request(), { at: now + 300_000 })).toBeUndefined();
    expect(refusal(request(), { at: now - 300_000 })).toBeUndefined();
    expect(refusal(request(), { at: now + 300_001 })).toBe("stale timestamp");
    expect(refusal(request(), { at: now - 300_001 })).toBe("stale timestamp");
  });

  it("is refused with one bit changed, in itself, in the timestamp or in the body", () => {
    const parts = { signature, timestamp, body };
    const places = fc.constantFrom(...(["signature", "timestamp", "body"] as const));
    fc.assert(
      fc.property(places, fc.nat(), fc.nat(6), (part, place, bit) => {
        const bytes = Buffer.from(parts[part]);
        const at = place % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
        // All of it is ASCII, and stays so: the eighth bit is never touched.
        expect(refusal(request({ [part]: bytes.toString("ascii") }))).toMatch(/signature$|timestamp$/);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["no signature", request({ signature: "" }), "unsigned"],
    ["no timestamp", request({ timestamp: "" }), "unsigned"],
    ["no headers", { headers: {}, body: Buffer.from(body) }, "unsigned"],
    ["a truncated one", request({ signature: signature.slice(0, -1) }), "malformed signature"],
    ["half of one", request({ signature: signature.slice(0, 32) }), "malformed signature"],
    ["one with more behind", request({ signature: `${signature}00` }), "malformed signature"],
    ["two, as API Gateway joins them", request({ signature: `${signature},${signature}` }), "malformed signature"],
    ["capital letters", request({ signature: signature.toUpperCase() }), "malformed signature"],
    ["base64", request({ signature: Buffer.from(signature, "hex").toString("base64") }), "malformed signature"],
    ["a line break behind", request({ signature: `${signature}\n` }), "malformed signature"],
    ["a timestamp in milliseconds", request({ timestamp: `${timestamp}000` }), "malformed timestamp"],
    ["a negative timestamp", request({ timestamp: `-${timestamp}` }), "malformed timestamp"],
    ["a fraction of a second", request({ timestamp: `${timestamp}.0` }), "malformed timestamp"],
    ["a date", request({ timestamp: new Date(now).toISOString() }), "malformed timestamp"],
    ["another spelling of the timestamp", request({ timestamp: `0${timestamp}` }), "wrong signature"],
    ["another body", request({ body: body.replace("cm3abc", "cm3abd") }), "wrong signature"],
    ["a truncated body", request({ body: body.slice(0, -1) }), "wrong signature"],
    ["no body", request({ body: "" }), "wrong signature"],
    ["the same JSON with other blanks", request({ body: body.replace(":", ": ") }), "wrong signature"],
  ])("is refused: %s", (_, given, reason) => {
    expect(refusal(given)).toBe(reason);
  });
});

describe("the bytes of a request", () => {
  it("are those that came, as text or as Base64", () => {
    const bytes = Buffer.from([0, 1, 0xff, 0xc3, 0x28]);
    const encoded = { headers: {}, body: bytes.toString("base64"), isBase64Encoded: true };
    expect(Buffer.from(readSignedRequest(encoded).body)).toEqual(bytes);
    const text = { headers: {}, body: foreign.body, isBase64Encoded: false };
    expect(Buffer.from(readSignedRequest(text).body).toString()).toBe(foreign.body);
    expect(readSignedRequest({ headers: {}, isBase64Encoded: false }).body).toHaveLength(0);
  });

  it("are at most 262,144, however they are written", () => {
    expect(largestBodyBytes).toBe(262_144);
    // Three bytes each, so that there are fewer characters than bytes.
    const most = `${"€".repeat(87_381)}x`;
    expect(readSignedRequest({ headers: {}, body: most, isBase64Encoded: false }).body).toHaveLength(262_144);
    const encoded = Buffer.from(most).toString("base64");
    expect(readSignedRequest({ headers: {}, body: encoded, isBase64Encoded: true }).body).toHaveLength(262_144);
    const more = `${most}x`;
    const read = (text: string, isBase64Encoded: boolean) => () =>
      readSignedRequest({ headers: {}, body: text, isBase64Encoded });
    expect(read(more, false)).toThrow(BodyTooLarge);
    expect(read(Buffer.from(more).toString("base64"), true)).toThrow("the body must be at most 262144 bytes");
  });
});
