import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  longestIntervalSeconds,
  type PollMoment,
  secondsToNextPoll,
  shortestIntervalSeconds,
} from "../../../functions/domain/poll-schedule.ts";

const start = Date.UTC(2026, 7, 22);
const year = 364 * 86_400;

/** A moment so many seconds after the start of a transfer that may take 364 days. */
const at = (age: number, over: Partial<PollMoment> = {}): PollMoment => ({
  now: start + age * 1_000,
  startedAt: start,
  deadlineAt: start + year * 1_000,
  failures: 0,
  random: 0.999,
  ...over,
});

describe("the interval after an answer", () => {
  it.each([
    [0, 3],
    [20, 3],
    [26, 3],
    [27, 4],
    [100, 15],
    [86_400, 12_960],
    [576_000, 86_400],
    [600_000, 86_400],
  ])("at %d s is %d s", (age, seconds) => {
    expect(secondsToNextPoll(at(age))).toBe(seconds);
  });

  it("begins where the stack is configured to begin, and grows with the age from there", () => {
    expect(secondsToNextPoll(at(0, { shortestInterval: 60 }))).toBe(60);
    expect(secondsToNextPoll(at(399, { shortestInterval: 60 }))).toBe(60);
    expect(secondsToNextPoll(at(410, { shortestInterval: 60 }))).toBe(61);
  });

  it("is the shortest one when the clock says that the transfer starts in the future", () => {
    expect(secondsToNextPoll(at(-1_000))).toBe(shortestIntervalSeconds);
  });

  it("ends at the deadline, which is rounded up to the whole second", () => {
    expect(secondsToNextPoll(at(0, { deadlineAt: start + 2_000 }))).toBe(2);
    expect(secondsToNextPoll(at(0, { deadlineAt: start + 1_001 }))).toBe(2);
    expect(secondsToNextPoll(at(0, { deadlineAt: start + 1 }))).toBe(1);
  });

  it("is one second when the deadline has passed", () => {
    expect(secondsToNextPoll(at(100, { deadlineAt: start }))).toBe(1);
  });

  it("does not depend on chance", () => {
    expect(secondsToNextPoll(at(1_000, { random: 0 }))).toBe(secondsToNextPoll(at(1_000, { random: 0.999 })));
  });
});

describe("the interval after failed polls", () => {
  it.each([
    [1, 6],
    [2, 12],
    [6, 192],
    [7, 300],
    [16, 300],
    [5_000, 300],
  ])("in a row %d is at most %d s, and shorter by chance", (failures, most) => {
    expect(secondsToNextPoll(at(0, { failures }))).toBe(most);
    expect(secondsToNextPoll(at(0, { failures, random: 0.5 }))).toBe(Math.max(3, most / 2));
    expect(secondsToNextPoll(at(0, { failures, random: 0 }))).toBe(3);
  });

  it("is never shorter than by age", () => {
    expect(secondsToNextPoll(at(10_000, { failures: 20 }))).toBe(1_500);
  });
});

describe("Retry-After", () => {
  it.each([
    [0, 3],
    [2, 3],
    [60, 60],
    [60.2, 61],
    [86_401, 86_400],
    [Number.POSITIVE_INFINITY, 86_400],
  ])("of %d s makes the interval %d s", (retryAfterSeconds, seconds) => {
    expect(secondsToNextPoll(at(0, { retryAfterSeconds }))).toBe(seconds);
  });

  it("ends at the deadline", () => {
    expect(secondsToNextPoll(at(0, { retryAfterSeconds: 600, deadlineAt: start + 60_000 }))).toBe(60);
  });

  it("does not shorten the backoff", () => {
    expect(secondsToNextPoll(at(0, { failures: 5, retryAfterSeconds: 1 }))).toBe(96);
  });
});

/** Moments before the deadline, at any millisecond. */
const moments = fc
  .record({
    age: fc.oneof(fc.nat({ max: 120_000 }), fc.nat({ max: year * 1_000 })),
    left: fc.oneof(fc.integer({ min: 1, max: 120_000 }), fc.integer({ min: 1, max: year * 1_000 })),
    failures: fc.oneof(fc.constant(0), fc.nat({ max: 30 }), fc.nat()),
    retryAfterSeconds: fc.option(fc.oneof(fc.nat({ max: 600 }), fc.nat(), fc.constant(Number.POSITIVE_INFINITY)), {
      nil: undefined,
    }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  })
  .map(({ age, left, ...rest }) => ({ ...rest, startedAt: start, now: start + age, deadlineAt: start + age + left }));

const ageOf = ({ now, startedAt }: PollMoment) => (now - startedAt) / 1_000;
const leftOf = ({ now, deadlineAt }: PollMoment) => (deadlineAt - now) / 1_000;

describe("at any moment", () => {
  const always = (holds: (seconds: number, moment: PollMoment) => void) =>
    fc.assert(
      fc.property(moments, (moment) => {
        holds(secondsToNextPoll(moment), moment);
      }),
      { numRuns: 1_000 },
    );

  it("the wait is whole seconds from 1 to 86,400", () => {
    always((seconds) => {
      expect(Number.isInteger(seconds)).toBe(true);
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(86_400);
    });
  });

  it("it passes the deadline by less than a second", () => {
    always((seconds, moment) => expect(seconds - leftOf(moment)).toBeLessThan(1));
  });

  it("it is never below the shortest interval and Retry-After, unless the deadline or the longest interval is", () => {
    always((seconds, moment) => {
      const wanted = Math.max(shortestIntervalSeconds, moment.retryAfterSeconds ?? 0);
      expect(seconds).toBeGreaterThanOrEqual(Math.min(wanted, longestIntervalSeconds, leftOf(moment)));
    });
  });

  it("it is at most 5 s or 15 % of the age when nothing failed and nothing else was asked for", () => {
    always((_, moment) => {
      const calm = { ...moment, failures: 0, retryAfterSeconds: undefined };
      expect(secondsToNextPoll(calm)).toBeLessThanOrEqual(Math.max(5, 0.15 * ageOf(moment)));
    });
  });

  it("failures make it longer, and by no more than 300 s", () => {
    always((seconds, moment) => {
      const calm = secondsToNextPoll({ ...moment, failures: 0 });
      expect(seconds).toBeGreaterThanOrEqual(calm);
      expect(seconds).toBeLessThanOrEqual(Math.max(calm, 300));
    });
  });
});

describe("a transfer that stays pending for 364 days", () => {
  /** Events that one lap of the workflow (poll, choice, wait) adds to an execution's history, which ends at 25,000. */
  const eventsPerLap = 9;

  function pollsUntilDeadline(momentOf: (poll: number) => Partial<PollMoment>): number {
    let age = 0;
    let polls = 1;
    while (age < year) {
      age += secondsToNextPoll(at(age, momentOf(polls)));
      polls += 1;
    }
    expect(age).toBe(year);
    return polls;
  }

  it.each([
    ["every poll is answered", () => ({})],
    ["every poll fails and chance gives the shortest backoff", (poll: number) => ({ failures: poll, random: 0 })],
    ["every poll fails and chance gives the longest backoff", (poll: number) => ({ failures: poll, random: 0.999 })],
    ["every second poll fails", (poll: number) => ({ failures: poll % 2, random: 0 })],
    [
      "the vendor always asks to come back at once",
      (poll: number) => ({ failures: poll, random: 0, retryAfterSeconds: 0 }),
    ],
  ])("is polled fewer than 600 times when %s", (_what, momentOf) => {
    const polls = pollsUntilDeadline(momentOf);
    expect(polls).toBeGreaterThan(358);
    expect(polls).toBeLessThan(600);
    expect(polls * eventsPerLap).toBeLessThan(25_000);
  });

  it("is polled fewer than 600 times whatever fails", () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const laps = fc.array(fc.record({ failures: fc.nat({ max: 20 }), random }), { minLength: 1 });
    fc.assert(
      fc.property(laps, (cycle) => {
        expect(pollsUntilDeadline((poll) => cycle[poll % cycle.length] ?? {})).toBeLessThan(600);
      }),
    );
  });
});
