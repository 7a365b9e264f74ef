/**
 * Seconds until the next poll of a project. Chosen by simulation beside other schedules (bench/polling.ts); what it costs and
 * how late it is stands in docs/performance.md.
 *
 * No poll may find a completion later than the greater of 5 s and 15 % of the project's duration. A project that was
 * pending at a poll lasts at least as long as its age was then, so a wait of 15 % of the age keeps that, whatever the project
 * does. One second of it is left to what comes with a wait: transitions, the start of the function, the vendor's answer.
 *
 * | waited so far | interval | why |
 * |---|---|---|
 * | to 33 s | 3 s | the vendor's guide asks for 3 s; half of its audio projects take 21 s |
 * | 33 s to 207 s | 15 % less 1 s | as far apart as the bound allows |
 * | 207 s to 30 min | 30 s | the vendor's own longest interval: 15 % here would be dearer than its advice and later |
 * | 30 min to 6.7 days | 15 % of what is beyond 1,600 s | 30 s at 30 min, 3.5 h after a day |
 * | from there | a day | |
 *
 * Polls for 364 days: 11 to 33 s, ln(207 / 33) / ln(1.15) = 13 and some for whole seconds to 207 s, 53 to 30 min,
 * ln(86,400 / 30) / ln(1.15) = 57 to 6.7 days, then 358: about 500. One that is seen to begin rendering gets closer ones once,
 * ln(86,400 / 3) / ln(1.3) = 39 at most. So there are fewer than 600, whatever the vendor answers: failures and Retry-After
 * only make waits longer.
 */

/**
 * Shortest interval between two polls, in seconds. The vendor's guide asks for 3 s between polls of audio projects.
 */
export const shortestIntervalSeconds = 3;

/** Interval as a share of the time waited. */
const intervalShare = 0.15;

/** Interval as a share of the time since the project was seen to begin rendering, where that is less. */
const renderingShare = 0.3;

/** What of the share is left to transitions, the function's start and the vendor's answer, in seconds. */
const allowanceSeconds = 1;

/** Longest interval of the vendor's advice, in seconds: 3 s × 1.5 up to 30 s. */
const guideIntervalSeconds = 30;

/** Seconds waited from which the interval grows beyond 30 s: the vendor's guide gives up polling after 30 minutes. */
const guideEndSeconds = 1_800;

/** Longest interval, in seconds: one day. */
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
  /** When the project was created, as the vendor says. Default unknown, which is the transfer's start. */
  readonly createdAt?: number | undefined;
  /** When the transfer first saw the project rendering; its own start where that does not tell since when. Default not yet. */
  readonly renderingSince?: number | undefined;
  /** The vendor's `Retry-After`, in seconds, if it sent one. */
  readonly retryAfterSeconds?: number | undefined;
  /** Shortest interval, in seconds. Default {@link shortestIntervalSeconds}. */
  readonly shortestInterval?: number | undefined;
  /** A random number from 0 inclusive to 1 exclusive, for the jitter of the backoff. */
  readonly random: number;
}

/**
 * Seconds to wait until the next poll: whole, at least 1, at most a day, and never past the deadline by a second or more
 * (the last poll falls on the deadline itself). Grows with the time waited; after failed polls a full-jitter backoff and the
 * vendor's Retry-After can only make it longer.
 */
export function secondsToNextPoll(moment: PollMoment): number {
  const interval = Math.max(moment.shortestInterval ?? shortestIntervalSeconds, growingInterval(moment));
  const ceiling = Math.min(backoffCapSeconds, backoffBaseSeconds * 2 ** Math.min(moment.failures, 16));
  const backoff = moment.failures > 0 ? Math.ceil(moment.random * ceiling) : 0;
  const asked = Math.ceil(moment.retryAfterSeconds ?? 0);
  const left = Math.max(1, Math.ceil((moment.deadlineAt - moment.now) / 1_000));
  return Math.min(Math.max(interval, backoff, asked, 1), longestIntervalSeconds, left);
}

/**
 * What is known of the project decides how the interval grows. Its type does not: the vendor documents no times by type, and
 * the types are an open set.
 *
 * - Its age counts up to 30 s, so that a transfer that is started late does not begin with 3 s; only the transfer's own
 *   waiting goes beyond. A draft may be old when it is submitted, and the vendor's own example was created in 1970: what the
 *   vendor says may make a poll 30 s late, not a day.
 * - Once it was seen to begin rendering the interval starts anew and grows twice as fast, up to what it would have been: how
 *   long a project was queued says nothing of how long it renders.
 */
function growingInterval({ now, startedAt, createdAt = startedAt, renderingSince }: PollMoment): number {
  const byAge = Math.max(
    intervalAfter((now - startedAt) / 1_000),
    Math.min(intervalAfter((now - createdAt) / 1_000), guideIntervalSeconds),
  );
  if (renderingSince === undefined || renderingSince <= startedAt) {
    return byAge;
  }
  return Math.min(byAge, Math.floor(((now - renderingSince) / 1_000) * renderingShare));
}

/** The interval in whole seconds after so many seconds of waiting: below the shortest one at first, and where clocks differ. */
function intervalAfter(waited: number): number {
  const early = Math.min(Math.floor(waited * intervalShare) - allowanceSeconds, guideIntervalSeconds);
  // The share of what is beyond 1,600 s: exactly 30 s at 1,800 s, from where it grows.
  const late = Math.floor((waited - guideEndSeconds) * intervalShare) + guideIntervalSeconds;
  return Math.max(early, late);
}
