import type { LambdaHandler } from "./lambda-invocation.ts";
import { StateFailure } from "./state-failure.ts";

/** Reserved concurrency of a function. */
export interface ReservedConcurrency {
  /** Most calls at a time, at least 1. */
  readonly most: number;
  /**
   * Seconds that a call beyond them may wait in line before it is throttled. Lambda lets none wait; but where every call and
   * every repeat of one is worked on by one machine, ten thousand that knock again and again leave no time for anything else.
   * Default 0. A task outlives its function by 30 s: it must stay below that.
   */
  readonly patienceSeconds?: number;
}

/** The error by which Step Functions tells that Lambda throttled (Step Functions Developer Guide, "Lambda service exceptions"). */
const throttled = "Lambda.TooManyRequestsException";

/**
 * A function with reserved concurrency: what is called beyond it fails as Lambda throttles it, and is for the workflow's
 * Retry.
 */
export function reservingConcurrency(
  handler: LambdaHandler,
  { most, patienceSeconds = 0 }: ReservedConcurrency,
): LambdaHandler {
  const line = new Set<() => void>();
  let running = 0;
  const waitForRoom = async () => {
    if (running < most) {
      running += 1;
      return;
    }
    if (patienceSeconds === 0) throw new StateFailure(throttled, "Rate Exceeded.");
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      line.delete(resolve);
      reject(new StateFailure(throttled, "Rate Exceeded."));
    }, patienceSeconds * 1_000);
    line.add(resolve);
    await promise.finally(() => clearTimeout(timer));
  };
  const leave = () => {
    const [next] = line;
    if (!next) {
      running -= 1;
      return;
    }
    // Its place goes to who came first.
    line.delete(next);
    next();
  };
  return async (event, context) => {
    await waitForRoom();
    try {
      return await handler(event, context);
    } finally {
      leave();
    }
  };
}
