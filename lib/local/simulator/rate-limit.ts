/** The vendor's limit on requests, which it does not document beyond its status: what the simulator makes of it. */

/** How many requests of the account are let in. */
export interface RateLimit {
  /** Requests a second, above 0; as many may come at once after a second without any. */
  readonly perSecond: number;
  /** Seconds that a refusal's `Retry-After` says. Default: it has none, as the vendor documents none. */
  readonly retryAfterSeconds?: number;
}

/** Requests to the API so far, those refused by the limit included. */
export interface ApiTraffic {
  readonly requests: number;
  /** Those that were refused with 429. */
  readonly throttled: number;
}

/** Counts the API's requests and refuses those beyond the limit: a bucket of one second's requests, filled steadily. */
export class RequestMeter {
  readonly #limit: RateLimit | undefined;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;
  #requests = 0;
  #throttled = 0;

  /**
   * @param now milliseconds since the epoch
   * @throws RangeError when `perSecond` is not above 0
   */
  constructor(limit: RateLimit | undefined, now: () => number) {
    if (limit && !(limit.perSecond > 0)) throw new RangeError(`perSecond must be above 0, not ${limit.perSecond}`);
    this.#limit = limit;
    this.#now = now;
    this.#tokens = limit?.perSecond ?? 0;
    this.#filledAt = now();
  }

  /** What it has counted. */
  get traffic(): ApiTraffic {
    return { requests: this.#requests, throttled: this.#throttled };
  }

  /** Counts a request. @returns whether it is let in */
  admit(): boolean {
    this.#requests += 1;
    if (!this.#limit) return true;
    const { perSecond } = this.#limit;
    const now = this.#now();
    this.#tokens = Math.min(perSecond, this.#tokens + (Math.max(0, now - this.#filledAt) / 1_000) * perSecond);
    this.#filledAt = now;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return true;
    }
    this.#throttled += 1;
    return false;
  }
}
