import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  afterAnswer,
  afterHearsay,
  noLimit,
  rateAt,
  type VendorAnswer,
  type VendorPace,
} from "../../../functions/domain/vendor-pace.ts";

const start = Date.parse("2026-08-22T10:00:00Z");
const at = (seconds: number) => start + seconds * 1_000;

/** The pace after so many good answers a second for some seconds, each 0.1 s after its request. */
function answeredFor(seconds: number, perSecond: number, from: VendorPace = noLimit): VendorPace {
  const answers = Array.from({ length: seconds * perSecond }, (_, index) => at(index / perSecond));
  return answers.reduce((pace, sentAt) => afterAnswer(pace, { sentAt, now: sentAt + 100, isThrottled: false }), from);
}

const refusal = (seconds: number, over: Partial<VendorAnswer> = {}): VendorAnswer => {
  return { sentAt: at(seconds), now: at(seconds) + 100, isThrottled: true, ...over };
};

test("there is no limit before the first 429", () => {
  expect(rateAt(noLimit, start)).toBe(Number.POSITIVE_INFINITY);
  expect(rateAt(answeredFor(10, 200), at(10))).toBe(Number.POSITIVE_INFINITY);
});

describe("a 429", () => {
  test.each([5, 50, 400])("leaves nine tenths of the %d requests a second that were answered", (perSecond) => {
    const pace = afterAnswer(answeredFor(20, perSecond), refusal(20));
    expect(pace.limit?.top).toBeGreaterThan(perSecond * 0.85);
    expect(pace.limit?.top).toBeLessThan(perSecond * 1.15);
    expect(rateAt(pace, at(20.1))).toBeCloseTo((pace.limit?.top ?? 0) * 0.9);
  });

  test("after a burst counts what was answered in its first second, not in the instant that it took", () => {
    const pace = afterAnswer(answeredFor(0.2, 300), refusal(0.2));
    expect(pace.limit?.top).toBeGreaterThan(50);
    expect(pace.limit?.top).toBeLessThan(90);
  });

  test("to the first request of all leaves one a second", () => {
    expect(afterAnswer(noLimit, refusal(0)).limit?.top).toBe(1);
  });

  test("to a request that was sent before the last cut tells nothing new", () => {
    const cut = afterAnswer(answeredFor(20, 50), refusal(20));
    const again = afterAnswer(cut, refusal(20, { sentAt: at(20.05), now: at(22) }));
    expect(again.limit).toEqual(cut.limit);
    const later = afterAnswer(cut, refusal(20.2));
    expect(rateAt(later, at(20.3))).toBeLessThan(rateAt(cut, at(20.3)));
  });

  test("at most halves the rate, however little was asked of late", () => {
    const cut = afterAnswer(answeredFor(20, 50), refusal(20));
    const rate = rateAt(cut, at(60));
    expect(afterAnswer(cut, refusal(60)).limit?.top).toBeCloseTo(rate / 2);
  });

  test("pauses everybody as long as Retry-After says, up to a minute", () => {
    expect(afterAnswer(noLimit, refusal(0)).pausedUntil).toBe(0);
    expect(afterAnswer(noLimit, refusal(0, { retryAfterSeconds: 7 })).pausedUntil).toBe(at(7.1));
    expect(afterAnswer(noLimit, refusal(0, { retryAfterSeconds: 86_400 })).pausedUntil).toBe(at(60.1));
  });
});

test("the rate climbs back within 10 s, stays near there for 10 s more, and a limit that is lifted is soon forgotten", () => {
  const pace = afterAnswer(answeredFor(20, 50), refusal(20));
  const top = pace.limit?.top ?? 0;
  const share = (seconds: number) => rateAt(pace, at(20.1 + seconds)) / top;
  expect([0, 10, 20, 30].map((seconds) => Number(share(seconds).toFixed(2)))).toEqual([0.9, 1, 1.1, 1.8]);
  expect(share(100)).toBeGreaterThan(50);
});

test("another instance's limit counts where none is known", () => {
  const limit = { top: 3, since: start };
  expect(afterHearsay(noLimit, limit).limit).toBe(limit);
  const known = afterAnswer(answeredFor(20, 50), refusal(20));
  expect(afterHearsay(known, limit)).toBe(known);
  expect(afterHearsay(noLimit, undefined)).toBe(noLimit);
});

test("whatever the vendor answers, the rate never falls below one in 10 s and never shrinks without a 429", () => {
  const answer = fc.record({
    gap: fc.integer({ min: 0, max: 30_000 }),
    took: fc.integer({ min: 0, max: 15_000 }),
    isThrottled: fc.boolean(),
    retryAfterSeconds: fc.option(fc.integer({ min: 0, max: 1e6 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(answer, { maxLength: 200 }), (answers) => {
      let [pace, now] = [noLimit, start];
      for (const { gap, took, ...rest } of answers) {
        const before = rateAt(pace, now);
        now += gap;
        expect(rateAt(pace, now)).toBeGreaterThanOrEqual(before);
        const held = rateAt(pace, now);
        pace = afterAnswer(pace, { ...rest, now, sentAt: now - took });
        expect(rateAt(pace, now)).toBeGreaterThanOrEqual(0.1);
        if (!rest.isThrottled) expect(rateAt(pace, now)).toBe(held);
        expect(pace.pausedUntil).toBeLessThanOrEqual(now + 60_000);
      }
    }),
    { numRuns: 50 },
  );
});
