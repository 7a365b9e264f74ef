import { describe, expect, it } from "vitest";
import { parseRange } from "../../../../lib/local/simulator/byte-range.ts";

describe("parseRange", () => {
  it.each([
    ["bytes=0-0", { start: 0, end: 1 }],
    ["bytes=10-19", { start: 10, end: 20 }],
    ["bytes=90-", { start: 90, end: 100 }],
    ["bytes=90-500", { start: 90, end: 100 }],
    ["bytes=-10", { start: 90, end: 100 }],
    ["bytes=-500", { start: 0, end: 100 }],
    ["BYTES=5-6", { start: 5, end: 7 }],
  ])("reads %s of 100 bytes", (header, piece) => {
    expect(parseRange(header, 100)).toEqual(piece);
  });

  it.each(["bytes=100-", "bytes=100-200", "bytes=-0"])("cannot satisfy %s of 100 bytes", (header) => {
    expect(parseRange(header, 100)).toBe("unsatisfiable");
  });

  it.each([undefined, "", "bytes=", "bytes=-", "bytes=5-4", "bytes=1-2,4-5", "items=0-1", "bytes=a-b"])(
    "ignores %s",
    (header) => {
      expect(parseRange(header, 100)).toBeUndefined();
    },
  );

  it("cannot satisfy any range of an empty file", () => {
    expect(parseRange("bytes=0-", 0)).toBe("unsatisfiable");
    expect(parseRange("bytes=-1", 0)).toBe("unsatisfiable");
  });
});
