import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Segment, segmentBytes, segmentFrom } from "../../../functions/domain/segment.ts";

const mebibyte = 1_024 ** 2;

/** All segments of an output, claimed one after another. */
function segmentsOf(total: number, partBytes: number): Segment[] {
  const segments: Segment[] = [];
  for (let first = 0; first < total && segments.length < 10_000; first = segments.at(-1)?.end ?? total) {
    segments.push(segmentFrom(first, total, partBytes));
  }
  return segments;
}

const boundsOf = (total: number, partBytes: number) =>
  segmentsOf(total, partBytes).map(({ first, end }) => [first / mebibyte, end / mebibyte]);

describe("a segment", () => {
  it("ends with its size, with its part, and with its output", () => {
    expect(boundsOf(9.5 * mebibyte, 5 * mebibyte)).toEqual([
      [0, 2],
      [2, 4],
      [4, 5],
      [5, 7],
      [7, 9],
      [9, 9.5],
    ]);
  });

  it("of parts of 8 MiB is a quarter of one", () => {
    expect(boundsOf(16 * mebibyte, 8 * mebibyte)).toHaveLength(8);
  });

  it("that begins in the middle ends where the one that holds it ends", () => {
    expect(segmentFrom(5 * mebibyte + 1, 100 * mebibyte, 5 * mebibyte)).toEqual({
      first: 5 * mebibyte + 1,
      end: 7 * mebibyte,
      filled: 0,
    });
  });

  it("of an output of a byte is that byte", () => expect(segmentsOf(1, 1)).toEqual([{ first: 0, end: 1, filled: 0 }]));
});

describe("any output", () => {
  const outputs = fc
    .tuple(fc.integer({ min: 1, max: 40 * mebibyte }), fc.integer({ min: 1, max: 10_000 }), fc.boolean())
    .map(([total, parts, isByMebibyte]) => {
      const partBytes = Math.ceil(total / (1 + (parts % 40)));
      return { total, partBytes: isByMebibyte ? Math.ceil(partBytes / mebibyte) * mebibyte : partBytes };
    });

  it("is tiled by its segments: no gap, no overlap, none empty, none too large, none across two parts", () => {
    fc.assert(
      fc.property(outputs, ({ total, partBytes }) => {
        const segments = segmentsOf(total, partBytes);
        let at = 0;
        for (const { first, end, filled } of segments) {
          expect(filled).toBe(0);
          expect(first).toBe(at);
          expect(end - first).toBeGreaterThan(0);
          expect(end - first).toBeLessThanOrEqual(segmentBytes);
          expect(Math.floor((end - 1) / partBytes)).toBe(Math.floor(first / partBytes));
          at = end;
        }
        expect(at).toBe(total);
        const parts = Math.ceil(total / partBytes);
        expect(segments.length).toBeLessThanOrEqual(parts * Math.ceil(partBytes / segmentBytes));
      }),
      { numRuns: 300 },
    );
  });

  it("has the same tile around a byte, wherever in it one begins", () => {
    fc.assert(
      fc.property(outputs, fc.nat(), ({ total, partBytes }, somewhere) => {
        const first = somewhere % total;
        const tile = segmentsOf(total, partBytes).find(({ end }) => end > first);
        expect(segmentFrom(first, total, partBytes).end).toBe(tile?.end);
      }),
      { numRuns: 300 },
    );
  });
});
