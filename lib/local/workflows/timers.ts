import { setTimeout as delay } from "node:timers/promises";

/**
 * The longest time one Node timer holds: 2^31 - 1 milliseconds, 24.8 days. A longer one fires at once.
 * Source: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args
 */
export const LONGEST_TIMER_MILLISECONDS = 2 ** 31 - 1;

/**
 * The longest wait, task time-out or retry delay the runner takes, in seconds: 24 days = 24 × 86,400.
 * The interpreter holds each in one timer, so it must stay below 24.8 days.
 */
export const LONGEST_WAIT_SECONDS = 24 * 86_400;

/**
 * Waits, in as many timers as it takes, so that no duration is too long.
 * @param milliseconds At most 0 returns at once.
 * @throws the signal's AbortError once it aborts.
 */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  for (let left = milliseconds; left > 0; left -= LONGEST_TIMER_MILLISECONDS) {
    await delay(Math.min(left, LONGEST_TIMER_MILLISECONDS), undefined, { signal });
  }
}
