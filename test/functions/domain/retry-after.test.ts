import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRetryAfter } from "../../../functions/domain/retry-after.ts";

const now = Date.UTC(2026, 7, 22, 10, 0, 0);
const httpDate = (time: number) => new Date(time).toUTCString();

describe("parseRetryAfter", () => {
  it.each([
    ["0", 0],
    ["1", 1],
    ["120", 120],
    [" 7 ", 7],
    ["007", 7],
    ["31536000", 31_536_000],
  ])("reads %j as seconds", (header, seconds) => {
    expect(parseRetryAfter(header, now)).toBe(seconds);
  });

  it("reads a number too large for anything without clamping it", () => {
    expect(parseRetryAfter("9".repeat(30), now)).toBeGreaterThan(1e29);
    expect(parseRetryAfter("9".repeat(400), now)).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    ["the date form in use", "Sat, 22 Aug 2026 10:01:40 GMT", 100],
    ["the date form of RFC 850", "Saturday, 22-Aug-26 10:01:40 GMT", 100],
    ["the date form of asctime, which is in GMT too", "Sat Aug 22 10:01:40 2026", 100],
    ["asctime with a day of one digit", "Tue Sep  1 10:00:00 2026", 864_000],
    ["this very moment", "Sat, 22 Aug 2026 10:00:00 GMT", 0],
    ["a second ago", "Sat, 22 Aug 2026 09:59:59 GMT", 0],
    ["long ago", "Sun, 06 Nov 1994 08:49:37 GMT", 0],
    ["a year ahead", "Sun, 22 Aug 2027 10:00:00 GMT", 31_536_000],
  ])("reads %s", (_what, header, seconds) => {
    expect(parseRetryAfter(header, now)).toBe(seconds);
  });

  it("rounds a date up to the whole second", () => {
    expect(parseRetryAfter("Sat, 22 Aug 2026 10:00:10 GMT", now + 1)).toBe(10);
    expect(parseRetryAfter("Sat, 22 Aug 2026 10:00:10 GMT", now + 999)).toBe(10);
    expect(parseRetryAfter("Sat, 22 Aug 2026 10:00:10 GMT", now + 1_000)).toBe(9);
  });

  it.each([
    ["no header", undefined],
    ["nothing", ""],
    ["blanks", "  "],
    ["a fraction", "1.5"],
    ["a sign", "-1"],
    ["a plus", "+5"],
    ["an exponent", "1e3"],
    ["hexadecimal", "0x10"],
    ["a unit", "5s"],
    ["a word", "soon"],
    ["a word with a number", "soon 1"],
    ["a sentence that ends in GMT", "wait until 2099 GMT"],
    ["a date without day and time", "Sat, Aug 2099 GMT"],
    ["a date that does not exist", "Sat, 99 Aug 2026 10:00:00 GMT"],
    ["asctime with a zone", "Sat Aug 22 10:01:40 2026 PST"],
    ["a date of another zone", "Sat, 22 Aug 2026 10:01:40 PST"],
    ["an ISO date", "2026-08-22T10:01:40Z"],
    ["two values", "5, 10"],
  ])("%s is undefined", (_what, header) => {
    expect(parseRetryAfter(header, now)).toBeUndefined();
  });

  it("reads any HTTP date as the seconds from now to then, never below 0", () => {
    // Up to 5138-11-16: beyond the year 9999 toUTCString writes no HTTP date.
    fc.assert(
      fc.property(fc.nat({ max: 100_000_000_000 }), (second) => {
        expect(parseRetryAfter(httpDate(second * 1_000), now)).toBe(Math.max(0, second - now / 1_000));
      }),
    );
  });

  it("answers arbitrary text with undefined or a number from 0", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (header) => {
        const seconds = parseRetryAfter(header, now);
        expect(seconds === undefined || seconds >= 0).toBe(true);
      }),
    );
  });
});
