import type { PollMoment } from "../../../functions/domain/poll-schedule.ts";

/** When the transfers of these tests start, in milliseconds since the epoch. */
export const start = Date.UTC(2026, 7, 22);

/** The longest deadline, in seconds. */
export const year = 364 * 86_400;

/** A moment so many seconds after the start of a transfer that may take 364 days. */
export const at = (age: number, over: Partial<PollMoment> = {}): PollMoment => ({
  now: start + age * 1_000,
  startedAt: start,
  deadlineAt: start + year * 1_000,
  failures: 0,
  random: 0.999,
  ...over,
});
