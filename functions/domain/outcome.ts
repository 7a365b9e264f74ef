import { mostAttempts, secondsToNextAttempt } from "./delivery-schedule.ts";
import { parseRetryAfter } from "./retry-after.ts";

/** How a receiver answered an attempt. */
export type Answer =
  | {
      readonly kind: "answered";
      /** HTTP status. */
      readonly status: number;
      /** The `Retry-After` header as it came. */
      readonly retryAfter?: string | undefined;
      /** What was read of the body, redacted: 16 KiB at most. */
      readonly body: string;
    }
  | {
      /** No answer came, or the attempt could not be made now. */
      readonly kind: "unanswered";
      /** Why, in words that hold no secret. */
      readonly reason: string;
    }
  | {
      /** The guarded adapter refuses the endpoint. */
      readonly kind: "refused";
      /** Why, in words that hold no secret. */
      readonly reason: string;
    };

/** What an attempt came to. */
export type Outcome =
  | { readonly kind: "delivered" }
  | {
      readonly kind: "retry";
      /** Whole seconds until the next attempt. */
      readonly waitSeconds: number;
      /** Why, as part of a sentence. */
      readonly reason: string;
    }
  | {
      /** Refused for good, or the schedule is used up. */
      readonly kind: "rejected" | "exhausted";
      /** Why, as part of a sentence. */
      readonly reason: string;
    };

/** What an outcome rests on, besides the answer. */
export interface OutcomeContext {
  /** Number of the attempt, from 1. */
  readonly attempt: number;
  /** Milliseconds since the epoch, for dates in Retry-After. */
  readonly now: number;
  /** From 0 inclusive to 1 exclusive, for the jitter. */
  readonly random: number;
}

/** Statuses by which a receiver asks for fewer requests (Standard Webhooks, "Delivery success and failure"). */
const throttling = new Set([429, 502, 504]);

/**
 * The outcome of an attempt, a total function. Only 2xx delivers; 410 and a refused address end it for good; everything
 * else, redirects included, is tried again by the schedule (Standard Webhooks, "Delivery success and failure").
 */
export function outcomeOf(answer: Answer, { attempt, now, random }: OutcomeContext): Outcome {
  const retry = (
    reason: string,
    throttle: { retryAfterSeconds?: number | undefined; isThrottled?: boolean } = {},
  ): Outcome => {
    const waitSeconds = secondsToNextAttempt({ attempt, random, ...throttle });
    return waitSeconds === undefined ? { kind: "exhausted", reason } : { kind: "retry", waitSeconds, reason };
  };
  switch (answer.kind) {
    case "refused":
      return { kind: "rejected", reason: answer.reason };
    case "unanswered":
      return retry(answer.reason);
    case "answered": {
      const { status } = answer;
      if (status >= 200 && status < 300) return { kind: "delivered" };
      if (status === 410) return { kind: "rejected", reason: "HTTP 410: the receiver wants no more" };
      const isRedirect = status >= 300 && status < 400;
      const reason = isRedirect ? `HTTP ${status}: redirects are not followed` : `HTTP ${status}`;
      const retryAfterSeconds = parseRetryAfter(answer.retryAfter, now);
      return retry(reason, { retryAfterSeconds, isThrottled: throttling.has(status) });
    }
  }
}

/** An attempt's number as people read it. */
export function attemptOf(attempt: number): string {
  return `attempt ${attempt} of ${mostAttempts}`;
}
