import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  deliverySchedule,
  longestRetryAfterSeconds,
  mostAttempts,
  secondsToNextAttempt,
  throttledWaitSeconds,
} from "../../../functions/domain/delivery-schedule.ts";

const attempts = Array.from({ length: mostAttempts }, (_, index) => index + 1);
const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const hours = 3_600;

describe("the delivery schedule", () => {
  it("is that of Standard Webhooks: ten attempts in 272,105 seconds", () => {
    expect(deliverySchedule).toEqual([
      0,
      5,
      5 * 60,
      30 * 60,
      2 * hours,
      5 * hours,
      10 * hours,
      14 * hours,
      20 * hours,
      24 * hours,
    ]);
    expect(mostAttempts).toBe(10);
    expect(deliverySchedule.reduce<number>((sum, seconds) => sum + seconds, 0)).toBe(272_105);
  });

  it("waits exactly its own seconds where chance adds nothing, and not after the tenth attempt", () => {
    const waits = attempts.map((attempt) => secondsToNextAttempt({ attempt, random: 0 }));
    expect(waits).toEqual([...deliverySchedule.slice(1), undefined]);
    expect(secondsToNextAttempt({ attempt: 11, random: 0 })).toBeUndefined();
  });

  it("ends after the tenth attempt, whatever the receiver asks for", () => {
    const moment = { attempt: 10, random: 0.5, retryAfterSeconds: 60, isThrottled: true };
    expect(secondsToNextAttempt(moment)).toBeUndefined();
  });

  it("takes at most 3.5 days in all, which the one year of an execution holds", () => {
    const longest = attempts.map((attempt) => secondsToNextAttempt({ attempt, random: 1 - Number.EPSILON }) ?? 0);
    expect(longest.reduce((sum, seconds) => sum + seconds, 0)).toBeLessThan(3.5 * 24 * hours);
  });

  it("adds up to a tenth, in whole seconds, and never takes anything away", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), randoms, (attempt, random) => {
        const base = deliverySchedule[attempt] ?? Number.NaN;
        const seconds = secondsToNextAttempt({ attempt, random }) ?? Number.NaN;
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(base);
        expect(seconds).toBeLessThanOrEqual(Math.ceil(base * 1.1));
      }),
    );
  });

  it("scatters receivers that failed together", () => {
    const waits = [0, 0.25, 0.5, 0.75, 0.99].map((random) => secondsToNextAttempt({ attempt: 2, random }));
    expect(waits).toEqual([300, 308, 315, 323, 330]);
  });
});

describe("Retry-After", () => {
  const wait = (attempt: number, retryAfterSeconds: number | undefined) =>
    secondsToNextAttempt({ attempt, random: 0, retryAfterSeconds });

  it.each([
    ["none", undefined, 5],
    ["now", 0, 5],
    ["less than the schedule", 4, 5],
    ["more than the schedule", 120, 120],
    ["a part of a second", 119.2, 120],
    ["a day", 86_400, 86_400],
    ["more than a day", 86_401, 86_400],
    ["a number beyond all bounds", Number.POSITIVE_INFINITY, 86_400],
    ["a number that is not safe", 1e30, 86_400],
  ])("of %s makes the first wait %s -> %d", (_what, retryAfterSeconds, seconds) => {
    expect(wait(1, retryAfterSeconds)).toBe(seconds);
  });

  it("makes no wait shorter than the schedule", () => {
    expect(wait(3, 60)).toBe(1_800);
    expect(wait(9, 1)).toBe(86_400);
  });
});

describe("a throttled wait", () => {
  it("is at least a minute", () => {
    expect(throttledWaitSeconds).toBe(60);
    const waits = attempts.map((attempt) => secondsToNextAttempt({ attempt, random: 0, isThrottled: true }));
    expect(waits).toEqual([60, ...deliverySchedule.slice(2), undefined]);
    expect(secondsToNextAttempt({ attempt: 1, random: 0, isThrottled: true, retryAfterSeconds: 90 })).toBe(90);
    expect(secondsToNextAttempt({ attempt: 1, random: 0, isThrottled: true, retryAfterSeconds: 30 })).toBe(60);
  });
});

it("any wait is a whole number of seconds, from the schedule's to a tenth more than a day", () => {
  const asked = fc.option(fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true })), { nil: undefined });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      randoms,
      asked,
      fc.boolean(),
      (attempt, random, retryAfterSeconds, isThrottled) => {
        const seconds = secondsToNextAttempt({ attempt, random, retryAfterSeconds, isThrottled }) ?? Number.NaN;
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(deliverySchedule[attempt] ?? Number.NaN);
        expect(seconds).toBeGreaterThanOrEqual(Math.min(retryAfterSeconds ?? 0, longestRetryAfterSeconds));
        expect(seconds).toBeLessThanOrEqual(Math.ceil(1.1 * longestRetryAfterSeconds));
      },
    ),
  );
});
