import type { ChainLink } from "./cleanup-name.ts";

/**
 * Shortest time from writing a marker to its due date, in milliseconds: one hour. The cursor rests on it: a pass that has
 * handled all that was due before it began can miss none, as long as writing takes less than this (a function lives 15
 * minutes at most) and clocks differ by less than the rest.
 */
export const leastDelay = 3_600_000;

/** Longest wait between two markers of a chain, in milliseconds: one day. */
const longestWait = 24 * leastDelay;

/**
 * The due dates of a chain lie ten minutes apart, in milliseconds: two passes that handle one marker at the same time then
 * write its successor under one key.
 */
const step = 600_000;

const dayMilliseconds = 86_400_000;

/**
 * When a marker is due that is written now: after 1 h × 2^attempt, at most 24 h (1, 2, 4, 8, 16, 24, 24 … hours: of a chain's
 * markers the eleventh is the first to lie past seven days), or up to ten minutes later.
 * @param now milliseconds since the epoch
 * @returns milliseconds since the epoch
 */
export function dueByBackoff({ chain, attempt }: Pick<ChainLink, "chain" | "attempt">, now: number): number {
  // 2^5 hours exceed the longest wait; a large power would be infinite.
  return onGrid(chain, now + Math.min(leastDelay * 2 ** Math.min(attempt, 5), longestWait));
}

/**
 * When a marker is due that is written now and asks for a deletion some days after the copy, or up to ten minutes later.
 * @param copiedAt when the copy ended, milliseconds since the epoch
 */
export function dueByRetention(
  { chain }: Pick<ChainLink, "chain">,
  copiedAt: number,
  days: number,
  now: number,
): number {
  return onGrid(chain, Math.max(copiedAt + days * dayMilliseconds, now + leastDelay));
}

/** Whether so many days have passed. @param since milliseconds since the epoch */
export function daysHavePassed(days: number, since: number, now: number): boolean {
  return now >= since + days * dayMilliseconds;
}

/**
 * The first date of a chain from then on. Each chain has its own: markers that are written together are due one after
 * another, so that a pass that is stopped among them need not begin with the first again.
 */
function onGrid(chain: string, time: number): number {
  const offset = Number.parseInt(chain.slice(-8), 16) % step;
  return Math.ceil((time - offset) / step) * step + offset;
}
