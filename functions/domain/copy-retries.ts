/** How often, and after how long, what failed for a passing reason is tried again. Waits are in seconds. */
export interface RetryBounds {
  /** Longest first wait. Each further one is twice as long, up to `longest`, and is shortened by full jitter. */
  readonly first: number;
  /** Longest wait of all. */
  readonly longest: number;
  /** Most attempts after the first. */
  readonly attempts: number;
}

/** For the vendor, the store or Step Functions: up to 5, 10, … 320 s (635 s in all), then 13 times up to 600 s: 140 minutes. */
export const unavailableRetries: RetryBounds = { first: 5, longest: 600, attempts: 20 };

/** For a broken or odd source: up to 5, 10, 20, 40, 80, 120, 120, 120 s: 8.6 minutes. */
export const interruptedRetries: RetryBounds = { first: 5, longest: 120, attempts: 8 };

/** What each wait is of the one before, where neither is at its longest. */
export const retryGrowth = 2;

/** The bounds that an error's name stands under; undefined when another attempt at once would not help. */
export function retryBoundsOf(name: string): RetryBounds | undefined {
  switch (name) {
    case "VendorUnavailable":
    case "StoreUnavailable":
    case "WorkflowsUnavailable":
      return unavailableRetries;
    case "CopyInterrupted":
      return interruptedRetries;
    default:
      return undefined;
  }
}

/**
 * Seconds until the next attempt, as Step Functions' `Retry` with full jitter computes them; undefined when all are used up.
 * @param attempt 1 for the first attempt after the first failure
 * @param random from 0 inclusive to 1 exclusive
 */
export function secondsToRetry(
  { first, longest, attempts }: RetryBounds,
  attempt: number,
  random: number,
): number | undefined {
  return attempt > attempts ? undefined : random * Math.min(longest, first * retryGrowth ** (attempt - 1));
}
