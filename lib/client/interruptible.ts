import { setTimeout } from "node:timers/promises";
import { untilSignal } from "../../functions/adapters/until-signal.ts";

/**
 * The work's result, unless the signal fires first. What is given up goes on unheard, so it must be harmless: a read.
 * @throws the signal's reason, and what the work throws
 */
export async function unlessAborted<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  return untilSignal(signal, work, () => signal.reason);
}

/**
 * Waits.
 * @param seconds at most 86,400: Node's timers end at 2^31 - 1 ms, 24 days
 * @throws the signal's reason
 */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(seconds * 1_000, undefined, { signal }).catch((error: unknown) => {
    throw signal.aborted ? signal.reason : error;
  });
}
