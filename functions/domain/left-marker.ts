import { dueByBackoff, dueByRetention } from "./cleanup-due.ts";
import { linkAfter, type MarkerKind, readCleanupName } from "./cleanup-name.ts";
import type { EndedTransfer } from "./event.ts";
import type { Marker } from "./marker.ts";

/** What is left to the cleanup, by configuration. */
export interface CleanupPolicy {
  /** Days for which a project is looked at again that was pending at its deadline; 0 is never. */
  readonly recheckDays: number;
  /** Days after the copy at which a remote project is deleted that nobody asked to delete, at least 1; undefined is never. */
  readonly deleteAfterDays?: number | undefined;
}

/**
 * The marker that a transfer leaves at its end, or none. Never two: at a deadline nothing has been copied yet, and of what
 * was copied the deletion was either asked for or not.
 *
 * Whatever a repeated call could find changed stands in no name: `since` is the end of the last step that did something, so
 * the chain's name and the execution that the cleanup starts for it are the same however often this is called.
 * @param now milliseconds since the epoch
 */
export function markerOf(transfer: EndedTransfer, policy: CleanupPolicy, now: number): Marker | undefined {
  const { execution, input, output } = transfer;
  const kind = kindOf(transfer, policy);
  if (!kind || !output) return undefined;
  const finishedAt = Date.parse(output.finishedAt);
  const link = linkAfter(execution.name, kind, finishedAt);
  const due =
    kind === "retention" ? dueByRetention(link, finishedAt, policy.deleteAfterDays ?? 0, now) : dueByBackoff(link, now);
  // Valid, or there would be no output.
  return { ...link, id: output.id, due, input: input as Marker["input"] };
}

function kindOf({ execution, output, failure }: EndedTransfer, policy: CleanupPolicy): MarkerKind | undefined {
  if (failure) {
    if (failure.error !== "DeadlineExceeded") return undefined;
    // One that was started to delete and could not even look is no nearer to its end.
    const startedFor = readCleanupName(execution.name)?.kind;
    if (startedFor === "deletion" || startedFor === "retention") return "deletion";
    return policy.recheckDays > 0 ? "recheck" : undefined;
  }
  if (output?.deleted === "pending") return "deletion";
  const isKept = output?.deleted === "not-requested" && output.manifest !== null;
  return isKept && policy.deleteAfterDays !== undefined ? "retention" : undefined;
}
