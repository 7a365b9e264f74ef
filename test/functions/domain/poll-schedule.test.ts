/** Single moments of the schedule; what holds at any moment is in poll-schedule-properties.test.ts. */
import { describe, expect, it } from "vitest";
import { secondsToNextPoll, shortestIntervalSeconds } from "../../../functions/domain/poll-schedule.ts";
import { at, start } from "./poll-moments.ts";

describe("the interval after an answer", () => {
  it.each([
    [0, 3],
    [20, 3],
    [33, 3],
    [34, 4],
    [100, 14],
    [206, 29],
    [207, 30],
    [1_000, 30],
    [1_800, 30],
    [1_807, 31],
    [3_600, 300],
    [86_400, 12_720],
    [577_599, 86_399],
    [577_600, 86_400],
    [600_000, 86_400],
  ])("after %d s of waiting is %d s", (age, seconds) => {
    expect(secondsToNextPoll(at(age))).toBe(seconds);
  });

  it("begins where the stack is configured to begin, and grows with the time waited from there", () => {
    expect(secondsToNextPoll(at(0, { shortestInterval: 60 }))).toBe(60);
    expect(secondsToNextPoll(at(2_000, { shortestInterval: 60 }))).toBe(60);
    expect(secondsToNextPoll(at(2_007, { shortestInterval: 60 }))).toBe(61);
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

describe("what is known of the project", () => {
  const created = (secondsBefore: number) => ({ createdAt: start - secondsBefore * 1_000 });

  it.each([
    ["a minute ago begins with 8 s", 60, 8],
    ["an hour ago, with 30 s: no more than the vendor's guide asks for", 3_600, 30],
    ["in 1970, as in the vendor's own example, with 30 s too", start / 1_000, 30],
    ["in the future, by a clock that is fast, with 3 s", -3_600, 3],
  ])("a transfer of a project that was created %s", (_, secondsBefore, seconds) => {
    expect(secondsToNextPoll(at(0, created(secondsBefore)))).toBe(seconds);
  });

  it("its age never makes it sooner than the time waited", () => {
    expect(secondsToNextPoll(at(3_600, created(-3_600)))).toBe(300);
  });

  it.each([
    [0, 3],
    [13, 3],
    [14, 4],
    [99, 29],
    [100, 30],
    [5_000, 1_050],
  ])("that was seen to begin rendering after an hour and did so for %d s is polled after %d s", (rendered, seconds) => {
    const renderingSince = start + 3_600_000;
    expect(secondsToNextPoll(at(3_600 + rendered, { renderingSince, ...created(0) }))).toBe(seconds);
  });

  it("that was rendering at the first look may have done so for long: its age counts", () => {
    expect(secondsToNextPoll(at(0, { renderingSince: start, ...created(600) }))).toBe(30);
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
    expect(secondsToNextPoll(at(10_000, { failures: 20 }))).toBe(1_260);
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
