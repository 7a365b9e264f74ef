/**
 * Shortest interval between two polls, in seconds. The vendor's guide asks for 3 s between polls of audio projects.
 */
export const shortestIntervalSeconds = 3;

/**
 * Interval as a share of the transfer's age. Detection is then never later than 15 % of the time waited, and the polls
 * of a transfer grow with the logarithm of its deadline: from 20 s (where 15 % passes 3 s) to the day at which the
 * interval reaches its longest there are about ln(576,000 / 20) / ln(1.15) = 74.
 */
const intervalShareOfAge = 0.15;

/** Longest interval, in seconds: one day. 364 days hold about 74 + 358 polls, far below the history limit. */
export const longestIntervalSeconds = 86_400;

/** Base and cap of the backoff after failed polls, in seconds: 3 × 2^n up to 300. */
const backoffBaseSeconds = 3;
const backoffCapSeconds = 300;

/** What the schedule looks at. All times are milliseconds since the epoch. */
export interface PollMoment {
  /** Now. */
  readonly now: number;
  /** When the transfer started. */
  readonly startedAt: number;
  /** When it must give up. */
  readonly deadlineAt: number;
  /** Polls that failed in a row up to now (network, 429, 5xx); 0 after an answer. */
  readonly failures: number;
  /** The vendor's `Retry-After`, in seconds, if it sent one. */
  readonly retryAfterSeconds?: number | undefined;
  /** Shortest interval, in seconds. Default {@link shortestIntervalSeconds}. */
  readonly shortestInterval?: number | undefined;
  /** A random number from 0 inclusive to 1 exclusive, for the jitter of the backoff. */
  readonly random: number;
}

/**
 * Seconds to wait until the next poll: whole, at least 1, at most a day, and never past the deadline by a second or more
 * (the last poll falls on the deadline itself). Grows with the transfer's age; after failed polls a full-jitter backoff
 * and the vendor's Retry-After can only make it longer.
 */
export function secondsToNextPoll(moment: PollMoment): number {
  const age = Math.max(0, moment.now - moment.startedAt) / 1_000;
  const byAge = Math.max(moment.shortestInterval ?? shortestIntervalSeconds, Math.floor(age * intervalShareOfAge));
  const ceiling = Math.min(backoffCapSeconds, backoffBaseSeconds * 2 ** Math.min(moment.failures, 16));
  const backoff = moment.failures > 0 ? Math.ceil(moment.random * ceiling) : 0;
  const asked = Math.ceil(moment.retryAfterSeconds ?? 0);
  const left = Math.max(1, Math.ceil((moment.deadlineAt - moment.now) / 1_000));
  return Math.min(Math.max(byAge, backoff, asked, 1), longestIntervalSeconds, left);
}
