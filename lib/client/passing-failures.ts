import { retryBoundsOf, secondsToRetry } from "../../functions/domain/copy-retries.ts";
import type { ClientPorts } from "./ports.ts";

/** Until when something is tried again, and what ends it. */
export interface Patience {
  /** Milliseconds since the epoch after which no further attempt is begun. */
  readonly deadlineAt: number;
  /** Ends the wait for an attempt. */
  readonly signal: AbortSignal;
}

/**
 * Does the work, again and again while it fails for what may pass, after the waits of the workflow's `Retry`.
 * @throws the signal's reason once it has fired; else what the work threw last
 */
export async function retryPassing<Result>(
  work: () => Promise<Result>,
  { now, random, wait }: Pick<ClientPorts, "now" | "random" | "wait">,
  { deadlineAt, signal }: Patience,
): Promise<Result> {
  const failures = new Map<unknown, number>();
  for (;;) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      const bounds = error instanceof Error ? retryBoundsOf(error.name) : undefined;
      if (!bounds) throw error;
      // Each kind of failure has attempts of its own, as each `Retry` has.
      const attempt = (failures.get(bounds) ?? 0) + 1;
      failures.set(bounds, attempt);
      const seconds = secondsToRetry(bounds, attempt, random());
      if (seconds === undefined || now() + seconds * 1_000 > deadlineAt) throw error;
      await wait(seconds, signal);
    }
  }
}
