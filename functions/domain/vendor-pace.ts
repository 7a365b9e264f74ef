/**
 * How fast the vendor lets an account ask, learnt from its answers alone: it documents 429, and neither its limit nor a header
 * that tells it. Pure: answers go in, the next state comes out.
 *
 * There is no limit until the first 429. From then on the rate follows TCP's CUBIC (RFC 9438, section 4.2): a 429 cuts it to
 * nine tenths of what the vendor was last seen to answer, then it climbs back quickly, stays near that for long, and feels
 * its way beyond ever faster, so that a limit that was lifted is soon forgotten.
 */

/** A limit, as it was found out. Holds no secret: it travels through workflow state to other instances of a function. */
export interface VendorLimit {
  /** Requests a second that the vendor answered when it refused one. */
  readonly top: number;
  /** When that was: milliseconds since the epoch. */
  readonly since: number;
}

/** What is known of the vendor's patience. */
export interface VendorPace {
  /** Undefined before the first 429. */
  readonly limit?: VendorLimit;
  /** Nothing is sent before this moment, in milliseconds since the epoch: the vendor's Retry-After. */
  readonly pausedUntil: number;
  /** Requests a second that were answered, smoothed, at `countedAt`. */
  readonly answered: number;
  /** When the count began, and when it was last brought up to date: milliseconds since the epoch. */
  readonly begunAt: number;
  readonly countedAt: number;
}

/** What became of a request. */
export interface VendorAnswer {
  /** When it was sent, and when the answer came: milliseconds since the epoch. */
  readonly sentAt: number;
  readonly now: number;
  /** Whether the answer was 429. */
  readonly isThrottled: boolean;
  /** Its Retry-After, in seconds. */
  readonly retryAfterSeconds?: number | undefined;
}

/** Before the first request. */
export const noLimit: VendorPace = { pausedUntil: 0, answered: 0, begunAt: 0, countedAt: 0 };

/** What a 429 leaves of the rate. A gentle cut: with a share of 0.7 as in CUBIC more than 7 % of the limit goes unused. */
const shareAfterCut = 0.9;

/**
 * Seconds from a cut until the rate is back where the vendor refused: the time of 100 requests, so that about one of 100 to
 * 200 is a 429 whatever the rate is, but at least 10 s and, for the sake of a limit that is lifted again, at most 60 s.
 */
const requestsToTop = 100;
const leastSecondsToTop = 10;
const mostSecondsToTop = 60;

/**
 * Least that the first 429 leaves, in requests a second: an instance that has asked once in a minute does not know how much the
 * vendor would have answered.
 */
const leastFirstTop = 1;

/** Lowest rate, in requests a second: one in 10 s, lest a vendor that refuses everything is never asked again. */
const lowestRate = 0.1;

/** Longest pause of all transfers on the word of one answer, in seconds. The transfer that got it waits as long as it says. */
const longestPauseSeconds = 60;

/** Time constant of the count of answers, in milliseconds. */
const smoothing = 2_000;

/** Requests a second that may be sent now; infinite where no limit is known. */
export function rateAt({ limit }: Pick<VendorPace, "limit">, now: number): number {
  if (!limit) return Number.POSITIVE_INFINITY;
  const toTop = Math.min(mostSecondsToTop, Math.max(leastSecondsToTop, requestsToTop / limit.top));
  const elapsed = Math.max(0, now - limit.since) / 1_000;
  const beyondTop = ((elapsed - toTop) / toTop) ** 3;
  return Math.max(lowestRate, limit.top * (1 + (1 - shareAfterCut) * beyondTop));
}

/** The state after an answer. Of the 429s to requests sent before a cut none cuts again: they tell what is known already. */
export function afterAnswer(pace: VendorPace, answer: VendorAnswer): VendorPace {
  const { now, sentAt, isThrottled, retryAfterSeconds = 0 } = answer;
  const counted = counting(pace, answer);
  if (!isThrottled) return counted;
  const pause = now + Math.min(retryAfterSeconds, longestPauseSeconds) * 1_000;
  const paused = { ...counted, pausedUntil: Math.max(pace.pausedUntil, retryAfterSeconds > 0 ? pause : 0) };
  if (pace.limit && sentAt <= pace.limit.since) return paused;
  const rate = rateAt(pace, sentAt);
  const seen = answeredAt(counted, now);
  // What was seen may be little because little was asked for: at most half of the rate is lost at once.
  const top = pace.limit ? Math.min(rate, Math.max(seen, rate / 2)) : Math.max(seen, leastFirstTop);
  return { ...paused, limit: { top: Math.max(lowestRate / shareAfterCut, top), since: now } };
}

/** The state after another instance's limit was heard of: it counts where none is known. */
export function afterHearsay(pace: VendorPace, limit: VendorLimit | undefined): VendorPace {
  return pace.limit || !limit ? pace : { ...pace, limit };
}

/** Brings the count of answers up to date; a pause of five time constants begins it anew. */
function counting(pace: VendorPace, { now, sentAt, isThrottled }: VendorAnswer): VendorPace {
  const isNew = pace.countedAt === 0 || now - pace.countedAt > 5 * smoothing;
  const gap = Math.max(0, now - pace.countedAt);
  const before = isNew ? 0 : pace.answered * Math.exp(-gap / smoothing);
  const answered = before + (isThrottled ? 0 : 1_000 / smoothing);
  return { ...pace, answered, begunAt: isNew ? sentAt : pace.begunAt, countedAt: Math.max(now, pace.countedAt) };
}

/** Requests a second that were answered: what is missing since the count began is made up for, up to its first second. */
function answeredAt({ answered, begunAt }: VendorPace, now: number): number {
  return answered / (1 - Math.exp(-Math.max(1_000, now - begunAt) / smoothing));
}
