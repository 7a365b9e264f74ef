import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { daysHavePassed, dueByBackoff, dueByRetention, leastDelay } from "../../../functions/domain/cleanup-due.ts";
import { linkAfter } from "../../../functions/domain/cleanup-name.ts";
import { aMarker, day, hour, links, moments, now } from "./cleanup-fixture.ts";

const tenMinutes = 600_000;

/** Its due dates lie on whole ten minutes. */
const { chain } = aMarker();

describe("a chain backs off", () => {
  test("by 1, 2, 4, 8, 16 hours, and a day from then on", () => {
    const hours = [0, 1, 2, 3, 4, 5, 6, 400].map((attempt) => (dueByBackoff({ chain, attempt }, now) - now) / hour);
    expect(hours).toEqual([1, 2, 4, 8, 16, 24, 24, 24]);
  });

  test("so that seven days hold eleven looks", () => {
    let at = now;
    let looks = 0;
    for (; !daysHavePassed(7, now, at); looks += 1) at = dueByBackoff({ chain, attempt: looks }, at);
    expect(looks).toBe(11);
  });

  test("in steps of ten minutes, so that two who write at once write the same", () => {
    const [one, other] = [1, tenMinutes].map((later) => dueByBackoff({ chain, attempt: 0 }, now + later));
    expect([one, other]).toEqual([now + hour + tenMinutes, now + hour + tenMinutes]);
  });

  test("each chain in its own: a thousand that are written together are due one after another", () => {
    const chains = Array.from({ length: 1_000 }, (_, index) => linkAfter(`run-${index}`, "deletion", now));
    const dues = new Set(chains.map((link) => dueByBackoff(link, now)));
    expect(dues.size).toBeGreaterThan(990);
  });
});

describe("a retention", () => {
  test("is due so many days after the copy, not after now", () => {
    expect(dueByRetention({ chain }, now - hour, 30, now)).toBe(now - hour + 30 * day);
  });

  test("that would have been due long ago is due in an hour", () => {
    expect(dueByRetention({ chain }, now - 40 * day, 30, now)).toBe(now + hour);
  });
});

test("days have passed when the last of them has", () => {
  expect(daysHavePassed(7, now - 7 * day + 1, now)).toBe(false);
  expect(daysHavePassed(7, now - 7 * day, now)).toBe(true);
  expect(daysHavePassed(0, now, now)).toBe(true);
});

test("no due date is less than an hour away, more than ten minutes late, or off the chain's steps", () => {
  expect(leastDelay).toBe(hour);
  const days = fc.integer({ min: 1, max: 365 });
  fc.assert(
    fc.property(moments, moments, links, days, (at, copied, link, after) => {
      const byBackoff = dueByBackoff(link, at);
      const byRetention = dueByRetention(link, copied, after, at);
      expect(Math.min(byBackoff, byRetention)).toBeGreaterThanOrEqual(at + hour);
      expect(byBackoff).toBeLessThan(at + day + tenMinutes);
      expect(byRetention).toBeGreaterThanOrEqual(copied + after * day);
      expect(byRetention).toBeLessThan(Math.max(copied + after * day, at + hour) + tenMinutes);
      // To -0 a remainder may come; they are the same moment.
      expect(Math.abs((byBackoff - byRetention) % tenMinutes)).toBe(0);
    }),
  );
});
