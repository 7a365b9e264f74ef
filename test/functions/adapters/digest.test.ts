import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc32Of, startDigest } from "../../../functions/adapters/digest.ts";

describe("a digest", () => {
  test("is that of the whole, however it is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 5_000 }), { maxLength: 20 }), (pieces) => {
        const whole = Buffer.concat(pieces);
        const digest = startDigest();
        for (const piece of pieces) digest.add(piece);
        expect(digest.bytes).toBe(whole.length);
        const { bytes, sha256, crc32: checksum } = digest.finish();
        expect(bytes).toBe(whole.length);
        expect(sha256).toBe(createHash("sha256").update(whole).digest("hex"));
        expect(Buffer.from(checksum, "base64").readUInt32BE()).toBe(crc32(whole));
        expect(crc32Of(whole)).toBe(checksum);
      }),
    );
  });

  test("has the published check values", () => {
    const digest = startDigest();
    digest.add(Buffer.from("123456789"));
    // CRC-32/ISO-HDLC's check value is CBF43926; the SHA-256 is `printf 123456789 | sha256sum`.
    expect(digest.finish()).toEqual({
      bytes: 9,
      sha256: "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
      crc32: Buffer.from("cbf43926", "hex").toString("base64"),
    });
    expect(crc32Of(new Uint8Array())).toBe("AAAAAA==");
  });

  test("does not read a byte before or after a view", () => {
    const around = Buffer.from("xx123456789xx");
    const digest = startDigest();
    digest.add(around.subarray(2, 11));
    expect(digest.finish().crc32).toBe(crc32Of(Buffer.from("123456789")));
  });
});
