import type { TransferInput } from "./input.ts";
import type { Turn } from "./vendor-queue.ts";
import { type Decision, oneLookSeconds, type PollContext } from "./verdict.ts";

/** When a pending transfer is given up, at the latest: milliseconds since the epoch. Its last poll falls on that moment. */
export function givenUpAt({ waitForCompletion, deadlineSeconds }: TransferInput, startedAt: number): number {
  const budget = waitForCompletion ? deadlineSeconds : Math.min(oneLookSeconds, deadlineSeconds);
  return startedAt + budget * 1_000;
}

/**
 * The decision where a poll was not sent, because the vendor limits the account and others are first: to come back at its
 * turn, or for the last poll if that is sooner. It is no poll, so that no count changes.
 * @param seconds after which to come back
 */
export function deferred(
  { seconds, turn }: { readonly seconds: number; readonly turn: Turn },
  { transfer, counts, now, startedAt }: Pick<PollContext, "transfer" | "counts" | "now" | "startedAt">,
): Decision {
  const left = Math.max(1, Math.ceil((givenUpAt(transfer, startedAt) - now) / 1_000));
  return { next: "wait", verdict: "pending", waitSeconds: Math.min(seconds, left), counts, turn };
}
