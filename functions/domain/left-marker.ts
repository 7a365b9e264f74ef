import { daysHavePassed, dueByBackoff, dueByRetention } from "./cleanup-due.ts";
import { linkAfter, type MarkerKind, readCleanupName } from "./cleanup-name.ts";
import type { EndedTransfer } from "./event.ts";
import type { Failure } from "./failure.ts";
import { findInput } from "./input.ts";
import type { Marker } from "./marker.ts";

/** What is left to the cleanup, by configuration. */
export interface CleanupPolicy {
  /** Days for which a project is looked at again whose transfer failed for what may pass, a deadline above all; 0 is never. */
  readonly recheckDays: number;
  /** Days after the copy at which a remote project is deleted that nobody asked to delete, at least 1; undefined is never. */
  readonly deleteAfterDays?: number | undefined;
}

/**
 * The marker that a transfer leaves at its end, or none. Never two: one that failed is begun again as a whole, and of what
 * was copied the deletion was either asked for or not.
 *
 * Whatever a repeated call could find changed stands in no name: `since` is the end of the last step that did something, so
 * the chain's name and the execution that the cleanup starts for it are the same however often this is called.
 * @param now milliseconds since the epoch
 */
export function markerOf(transfer: EndedTransfer, policy: CleanupPolicy, now: number): Marker | undefined {
  const { execution, output } = transfer;
  const kind = kindOf(transfer, policy);
  // A step that failed early may never have looked at it.
  const id = findInput(transfer.input)?.id;
  if (!kind || id === undefined) return undefined;
  const finishedAt = Date.parse(output?.finishedAt ?? execution.startedAt);
  const link = linkAfter(execution.name, kind, finishedAt);
  // A project that settled long ago and fails whenever it is transferred is not looked at for ever.
  if (kind === "recheck" && link.attempt > 0 && daysHavePassed(policy.recheckDays, link.since, now)) return undefined;
  const due =
    kind === "retention" ? dueByRetention(link, finishedAt, policy.deleteAfterDays ?? 0, now) : dueByBackoff(link, now);
  return { ...link, id, due, input: transfer.input as Marker["input"] };
}

function kindOf({ execution, output, failure }: EndedTransfer, policy: CleanupPolicy): MarkerKind | undefined {
  if (failure) {
    if (!mayPass(failure)) return undefined;
    // One that was started to delete and failed on its way is no nearer to its end.
    const startedFor = readCleanupName(execution.name)?.kind;
    const isDeletion = startedFor === "deletion" || startedFor === "retention" || output?.deleted === "pending";
    if (isDeletion) return "deletion";
    return policy.recheckDays > 0 ? "recheck" : undefined;
  }
  if (output?.deleted === "pending") return "deletion";
  const isKept = output?.deleted === "not-requested" && output.manifest !== null;
  return isKept && policy.deleteAfterDays !== undefined ? "retention" : undefined;
}

/** Whether another time may be better: a remote job that goes on, a key or an account that is put right, an outage. */
function mayPass({ error, mayPass = false }: Failure): boolean {
  return mayPass || error === "DeadlineExceeded" || error === "Unauthorized";
}
