/**
 * Seconds before each attempt: the schedule of the Standard Webhooks specification ("Deliverability and reliability").
 * Ten attempts; 0 + 5 + 300 + 1,800 + 7,200 + 18,000 + 36,000 + 50,400 + 72,000 + 86,400 = 272,105 s, or 3.15 days.
 */
export const deliverySchedule = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;

/** Number of attempts of one delivery. */
export const mostAttempts = deliverySchedule.length;

/** Jitter, as a share of a wait that is added at most: receivers that failed together are not called together again. */
const jitterShare = 0.1;

/** Shortest wait after 429, 502 or 504, in seconds: these ask for less, and the second attempt would follow after five. */
export const throttledWaitSeconds = 60;

/** Longest `Retry-After` that is honoured, in seconds: the schedule's own longest wait. */
export const longestRetryAfterSeconds = 86_400;

/** What the schedule looks at. */
export interface AttemptMoment {
  /** Number of the attempt just made, from 1. */
  readonly attempt: number;
  /** From 0 inclusive to 1 exclusive. */
  readonly random: number;
  /** The receiver's `Retry-After`, in seconds, if it sent one. */
  readonly retryAfterSeconds?: number | undefined;
  /** Whether the receiver's answer asks for fewer requests. */
  readonly isThrottled?: boolean;
}

/**
 * Whole seconds until the next attempt; undefined when this one was the last. Never less than the schedule's wait: jitter
 * (up to a tenth), Retry-After (up to a day) and throttling only make it longer.
 */
export function secondsToNextAttempt(moment: AttemptMoment): number | undefined {
  const base = deliverySchedule[moment.attempt];
  if (base === undefined) return undefined;
  const jittered = base + Math.ceil(base * jitterShare * moment.random);
  const asked = Math.min(Math.ceil(moment.retryAfterSeconds ?? 0), longestRetryAfterSeconds);
  return Math.max(jittered, asked, moment.isThrottled ? throttledWaitSeconds : 0);
}
