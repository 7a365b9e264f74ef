/** What holds at any moment of the schedule, and how late it finds out. How many polls it needs: poll-schedule-polls.test.ts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  longestIntervalSeconds,
  type PollMoment,
  secondsToNextPoll,
  shortestIntervalSeconds,
} from "../../../functions/domain/poll-schedule.ts";
import { start, year } from "./poll-moments.ts";

const anySeconds = fc.oneof(fc.integer({ min: 0, max: 120 }), fc.nat({ max: 3_600 }), fc.nat({ max: year }));

/** Moments before the deadline, at any millisecond. */
const moments = fc
  .record({
    age: fc.oneof(fc.nat({ max: 120_000 }), fc.nat({ max: year * 1_000 })),
    left: fc.oneof(fc.integer({ min: 1, max: 120_000 }), fc.integer({ min: 1, max: year * 1_000 })),
    failures: fc.oneof(fc.constant(0), fc.nat({ max: 30 }), fc.nat()),
    retryAfterSeconds: fc.option(fc.oneof(fc.nat({ max: 600 }), fc.nat(), fc.constant(Number.POSITIVE_INFINITY)), {
      nil: undefined,
    }),
    // Before the transfer's start or after it, as clocks differ; never, or not read.
    created: fc.option(fc.oneof(anySeconds, fc.integer({ min: -600, max: 0 })), { nil: undefined }),
    rendered: fc.option(anySeconds, { nil: undefined }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  })
  .map(
    ({ age, left, created, rendered, ...rest }): PollMoment => ({
      ...rest,
      startedAt: start,
      now: start + age,
      deadlineAt: start + age + left,
      createdAt: created === undefined ? undefined : start - created * 1_000,
      renderingSince: rendered === undefined ? undefined : Math.max(start, start + age - rendered * 1_000),
    }),
  );

const leftOf = ({ now, deadlineAt }: PollMoment) => (deadlineAt - now) / 1_000;

/** Seconds that the project has lasted at this moment: since it was created, or since the transfer's start if that is unknown. */
const ageOf = ({ now, startedAt, createdAt = startedAt }: PollMoment) => (now - Math.min(createdAt, startedAt)) / 1_000;

const always = (holds: (seconds: number, moment: PollMoment) => void) =>
  fc.assert(
    fc.property(moments, (moment) => {
      holds(secondsToNextPoll(moment), moment);
    }),
    { numRuns: 2_000 },
  );

describe("at any moment", () => {
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

  /**
   * A project that is pending now lasts longer than its age, so a delay that is allowed at this age is allowed at its end. The
   * second beside the wait is what the schedule leaves to transitions, the function's start and the vendor's answer.
   */
  it("whenever the project ends before the next poll, that is at most 5 s or 15 % of its duration late", () => {
    always((_, moment) => {
      const calm = secondsToNextPoll({ ...moment, failures: 0, retryAfterSeconds: undefined });
      expect(calm + 1).toBeLessThanOrEqual(Math.max(5, 0.15 * ageOf(moment)) + 1e-9);
    });
  });

  it("what the vendor says of the project's age makes it at most 30 s", () => {
    always((seconds, moment) => {
      const untold = secondsToNextPoll({ ...moment, createdAt: undefined });
      expect(seconds).toBeLessThanOrEqual(Math.max(untold, 30));
      expect(seconds).toBeGreaterThanOrEqual(Math.min(untold, 30));
    });
  });

  it("a project that is seen to begin rendering is polled no later for that", () => {
    always((seconds, moment) => {
      expect(seconds).toBeLessThanOrEqual(secondsToNextPoll({ ...moment, renderingSince: undefined }));
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
