import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { combineCrc32 } from "../../../functions/domain/crc32-combination.ts";

const bytes = fc.uint8Array({ maxLength: 400 });
const crcs = fc.integer({ min: 0, max: 0xffff_ffff });
/** Sizes up to twice the largest object of S3 (5 TiB). */
const sizes = fc.oneof(fc.nat({ max: 20 }), fc.nat(), fc.integer({ min: 0, max: 10 * 2 ** 40 }));

describe("the CRC32 of pieces in a row", () => {
  it("is zlib's of the whole, wherever it is split", () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 6 }), (pieces) => {
        const combined = pieces.reduce((crc, piece) => combineCrc32(crc, crc32(piece), piece.length), 0);
        expect(combined).toBe(crc32(Buffer.concat(pieces)));
      }),
      { numRuns: 500 },
    );
  });

  it("is zlib's of two parts of 8 MiB and a rest", () => {
    const part = Buffer.alloc(8 * 1_024 ** 2, "audio");
    const rest = Buffer.from("rest");
    const combined = combineCrc32(combineCrc32(crc32(part), crc32(part), part.length), crc32(rest), rest.length);
    expect(combined).toBe(crc32(rest, crc32(part, crc32(part))));
  });

  it.each([1, 2 ** 16, 2 ** 24])("is that of %d zeros behind a byte, which only shift", (zeros) => {
    const nothing = Buffer.alloc(zeros);
    expect(combineCrc32(crc32("a"), crc32(nothing), zeros)).toBe(crc32(nothing, crc32("a")));
  });

  it("does not change with an empty piece on either side", () => {
    fc.assert(
      fc.property(crcs, sizes, (crc, size) => {
        expect(combineCrc32(crc, 0, 0)).toBe(crc);
        expect(combineCrc32(0, crc, size)).toBe(crc);
      }),
    );
  });

  it("is an unsigned number of 32 bits", () => {
    fc.assert(
      fc.property(crcs, crcs, sizes, (first, second, size) => {
        const combined = combineCrc32(first, second, size);
        expect(Number.isInteger(combined) && combined >= 0 && combined <= 0xffff_ffff).toBe(true);
      }),
    );
  });

  it("does not depend on how the pieces are bracketed, whatever their size", () => {
    fc.assert(
      fc.property(crcs, crcs, crcs, sizes, sizes, (a, b, c, sizeOfB, sizeOfC) => {
        const fromTheLeft = combineCrc32(combineCrc32(a, b, sizeOfB), c, sizeOfC);
        expect(combineCrc32(a, combineCrc32(b, c, sizeOfC), sizeOfB + sizeOfC)).toBe(fromTheLeft);
      }),
      { numRuns: 500 },
    );
  });

  it("is right for 1 TiB of zeros, whether they come doubled or one after the other", () => {
    let zeros = crc32(Buffer.alloc(2 ** 24));
    let behindOne = combineCrc32(crc32("one"), zeros, 2 ** 24);
    for (let size = 2 ** 24; size < 2 ** 40; size *= 2) {
      behindOne = combineCrc32(behindOne, zeros, size);
      zeros = combineCrc32(zeros, zeros, size);
    }
    expect(combineCrc32(crc32("one"), zeros, 2 ** 40)).toBe(behindOne);
    // Powers of x come round after 2³² - 1, because the polynomial is primitive: 2⁴³ bits are to it what 2¹¹ bits are, 256 bytes.
    expect(combineCrc32(crc32("one"), 0, 2 ** 40)).toBe(combineCrc32(crc32("one"), 0, 256));
    expect(combineCrc32(crc32("one"), crc32(Buffer.alloc(256)), 2 ** 40)).toBe(crc32(Buffer.alloc(256), crc32("one")));
  });
});
