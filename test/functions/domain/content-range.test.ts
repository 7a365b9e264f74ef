import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isStrongEtag, parseContentRange } from "../../../functions/domain/content-range.ts";

describe("parseContentRange", () => {
  it.each([
    ["bytes 0-0/1", { first: 0, last: 0, total: 1 }],
    ["bytes 10-99/100", { first: 10, last: 99, total: 100 }],
    ["  bytes 10-19/100 ", { first: 10, last: 19, total: 100 }],
    ["bytes 0-999999999999998/999999999999999", { first: 0, last: 999_999_999_999_998, total: 999_999_999_999_999 }],
  ])("reads %s", (header, range) => {
    expect(parseContentRange(header)).toEqual(range);
  });

  it.each([
    ["no header", undefined],
    ["nothing", ""],
    ["another unit", "items 0-0/1"],
    ["an unknown total", "bytes 0-9/*"],
    ["an unsatisfied range", "bytes */100"],
    ["a range backwards", "bytes 5-4/10"],
    ["a last byte that is not in the body", "bytes 0-10/10"],
    ["an empty body", "bytes 0-0/0"],
    ["a missing total", "bytes 0-9"],
    ["a sign", "bytes -1-9/10"],
    ["a fraction", "bytes 0-9.5/10"],
    ["hexadecimal", "bytes 0x0-0x9/10"],
    ["two ranges", "bytes 0-1/10, bytes 4-5/10"],
    ["a second line", "bytes 0-9/10\nbytes 0-9/10"],
    ["more digits than a number holds exactly", "bytes 0-9/9999999999999999"],
  ])("refuses %s", (_what, header) => {
    expect(parseContentRange(header)).toBeUndefined();
  });

  it("accepts of all ranges exactly those that lie inside their body", () => {
    const position = fc.nat({ max: 1_000 });
    fc.assert(
      fc.property(position, position, position, (first, last, total) => {
        const range = parseContentRange(`bytes ${first}-${last}/${total}`);
        expect(range).toEqual(first <= last && last < total ? { first, last, total } : undefined);
      }),
    );
  });
});

describe("isStrongEtag", () => {
  it.each(['"5d41402a"', '""', '"W/x"'])("%s is strong", (etag) => {
    expect(isStrongEtag(etag)).toBe(true);
  });

  it.each([undefined, "", 'W/"5d41402a"', 'w/"5d"', "5d41402a", '"5d', '5d"', '"a""b"', '"a", "b"', ' "a"'])(
    "%s is not",
    (etag) => {
      expect(isStrongEtag(etag)).toBe(false);
    },
  );
});
