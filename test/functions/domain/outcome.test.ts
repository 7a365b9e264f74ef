import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deliverySchedule, mostAttempts } from "../../../functions/domain/delivery-schedule.ts";
import { type Answer, attemptOf, type OutcomeContext, outcomeOf } from "../../../functions/domain/outcome.ts";

const now = Date.UTC(2026, 7, 22, 10, 0, 0);

/** A day, a tenth, and the part of a second that is rounded up. */
const longestWait = 95_041;

const outcome = (answer: Answer, context: Partial<OutcomeContext> = {}) =>
  outcomeOf(answer, { attempt: 1, now, random: 0, ...context });
const answered = (status: number, retryAfter?: string, context: Partial<OutcomeContext> = {}) =>
  outcome({ kind: "answered", status, retryAfter, body: "" }, context);

/** Seconds to wait after an answer; the test fails when there is no next attempt. */
function waitOf(status: number, retryAfter?: string, attempt = 1): number {
  const result = answered(status, retryAfter, { attempt });
  if (result.kind !== "retry") throw new Error(`${status} is ${result.kind}`);
  return result.waitSeconds;
}

describe("the outcome of an answer", () => {
  it.each([200, 201, 202, 204, 206, 226, 299])("%d is delivered", (status) => {
    expect(answered(status)).toEqual({ kind: "delivered" });
    expect(answered(status, "3600", { attempt: mostAttempts })).toEqual({ kind: "delivered" });
  });

  it("410 is rejected at the first attempt and at the last", () => {
    const rejected = { kind: "rejected", reason: "HTTP 410: the receiver wants no more" };
    expect(answered(410)).toEqual(rejected);
    expect(answered(410, "5", { attempt: mostAttempts })).toEqual(rejected);
  });

  it.each([300, 301, 302, 303, 304, 307, 308, 399])("%d is tried again, and not where it points", (status) => {
    const reason = `HTTP ${status}: redirects are not followed`;
    expect(answered(status)).toEqual({ kind: "retry", waitSeconds: 5, reason });
    expect(answered(status, undefined, { attempt: 10 })).toEqual({ kind: "exhausted", reason });
  });

  it.each([400, 401, 403, 404, 405, 408, 409, 411, 413, 422, 451, 500, 501, 503, 505, 599])(
    "%d is tried again",
    (status) => {
      expect(answered(status)).toEqual({ kind: "retry", waitSeconds: 5, reason: `HTTP ${status}` });
    },
  );

  it.each([429, 502, 504])("%d is tried again after a minute or what the schedule says", (status) => {
    expect(answered(status)).toEqual({ kind: "retry", waitSeconds: 60, reason: `HTTP ${status}` });
    expect(waitOf(status, undefined, 2)).toBe(300);
    expect(waitOf(status, "10")).toBe(60);
    expect(waitOf(status, "600")).toBe(600);
  });

  it.each([
    ["seconds", "120", 120],
    ["too few seconds", "1", 5],
    ["a date", "Sat, 22 Aug 2026 10:10:00 GMT", 600],
    ["a date long past", "Sun, 06 Nov 1994 08:49:37 GMT", 5],
    ["a date years ahead", "Sun, 22 Aug 2032 10:00:00 GMT", 86_400],
    ["a number beyond all bounds", "9".repeat(400), 86_400],
    ["garbage", "wait until 2099 GMT", 5],
    ["nothing", "", 5],
    ["a negative number", "-1", 5],
    ["two values", "600, 1200", 5],
  ])("Retry-After of %s is honoured up to a day, by any status", (_what, header, seconds) => {
    for (const status of [301, 404, 500, 503]) expect(waitOf(status, header)).toBe(seconds);
  });

  it("no answer is tried again by the schedule, with its reason", () => {
    const unanswered: Answer = { kind: "unanswered", reason: "ECONNRESET at hooks.example.com" };
    expect(outcome(unanswered, { attempt: 4 })).toEqual({ ...unanswered, kind: "retry", waitSeconds: 7_200 });
    expect(outcome(unanswered, { attempt: 10 })).toEqual({ ...unanswered, kind: "exhausted" });
  });

  it("a refused address ends it at once", () => {
    const refused: Answer = { kind: "refused", reason: "10.0.0.1 is not a public address" };
    for (const attempt of [1, 10]) expect(outcome(refused, { attempt })).toEqual({ ...refused, kind: "rejected" });
  });

  it("an attempt is counted as people count", () => {
    expect(attemptOf(1)).toBe("attempt 1 of 10");
  });
});

describe("of all answers", () => {
  const contexts = fc.record({
    attempt: fc.integer({ min: 1, max: mostAttempts }),
    now: fc.nat({ max: 4_000_000_000_000 }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });
  const headers = fc.option(
    fc.oneof(
      fc.nat().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      fc.string(),
    ),
    {
      nil: undefined,
    },
  );

  it("every status has an outcome: 2xx delivers, 410 ends it, all else is tried again while attempts are left", () => {
    for (let status = 100; status <= 999; status += 1) {
      const expected = status === 410 ? "rejected" : status >= 200 && status <= 299 ? "delivered" : "retry";
      expect(answered(status).kind, `HTTP ${status}`).toBe(expected);
      const last = answered(status, undefined, { attempt: mostAttempts });
      expect(last.kind, `HTTP ${status}`).toBe(expected === "retry" ? "exhausted" : expected);
      if (last.kind !== "delivered")
        expect(last).toMatchObject({ reason: expect.stringMatching(`^HTTP ${status}\\b`) });
    }
  });

  it("a wait is whole, not shorter than the schedule's, and none follows the last attempt", () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), headers, contexts, (status, retryAfter, context) => {
        const result = outcomeOf({ kind: "answered", status, retryAfter, body: "" }, context);
        if (result.kind !== "retry") {
          expect(result.kind === "exhausted").toBe(context.attempt === mostAttempts && !isFinal(status));
          return;
        }
        expect(Number.isInteger(result.waitSeconds)).toBe(true);
        expect(result.waitSeconds).toBeGreaterThanOrEqual(deliverySchedule[context.attempt] ?? Number.NaN);
        expect(result.waitSeconds).toBeLessThanOrEqual(longestWait);
      }),
      { numRuns: 500 },
    );
  });

  it("a receiver that never answers is asked exactly ten times", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(302, 404, 429, 500, 504), fc.constant("silence")), { minLength: 10 }),
        (answers) => {
          const kinds = answers.slice(0, 10).map((status, index) => {
            const context = { attempt: index + 1 };
            return typeof status === "number"
              ? answered(status, undefined, context).kind
              : outcome({ kind: "unanswered", reason: "TimeoutError" }, context).kind;
          });
          expect(kinds).toEqual([...Array<string>(9).fill("retry"), "exhausted"]);
        },
      ),
    );
  });
});

/** Whether a status ends a delivery whichever attempt it answers. */
function isFinal(status: number): boolean {
  return status === 410 || (status >= 200 && status < 300);
}
