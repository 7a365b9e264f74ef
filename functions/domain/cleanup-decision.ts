import { daysHavePassed, dueByBackoff, dueByRetention } from "./cleanup-due.ts";
import { cleanupNameOf, nextLink } from "./cleanup-name.ts";
import { defaultDeadlineSeconds, type TransferInput } from "./input.ts";
import type { CleanupPolicy } from "./left-marker.ts";
import type { Marker } from "./marker.ts";
import { type Observation, verdictOf } from "./verdict.ts";

/** What the cleanup does about a marker: start a transfer, look again later, or let it be. */
export type CleanupDecision =
  | { readonly kind: "start"; readonly name: string; readonly input: object }
  | { readonly kind: "wait"; readonly next: Marker }
  | { readonly kind: "give-up" };

/** What a decision rests on, besides the marker. */
export interface CleanupContext extends CleanupPolicy {
  /**
   * What a GET of the project found, for a recheck; undefined when the vendor refused it in a way that will not pass, which
   * is for a transfer to tell.
   */
  readonly observation?: Observation | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Decides about a marker that is due. A deletion is the transfer workflow's, which verifies all there is to verify: there is
 * no other way to delete.
 */
export function decideMarker(marker: Marker, context: CleanupContext): CleanupDecision {
  switch (marker.kind) {
    case "deletion":
      return startDeletion(marker);
    case "retention":
      return decideRetention(marker, context);
    case "recheck":
      return decideRecheck(marker, context);
  }
}

/** By the configuration of today: what nobody asked for by name is not done any more once it is switched off. */
function decideRetention(marker: Marker, { deleteAfterDays, now }: CleanupContext): CleanupDecision {
  if (deleteAfterDays === undefined) return { kind: "give-up" };
  if (daysHavePassed(deleteAfterDays, marker.since, now)) return startDeletion(marker);
  return {
    kind: "wait",
    next: { ...nextLink(marker), due: dueByRetention(marker, marker.since, deleteAfterDays, now) },
  };
}

/** Transferred with the input as it was, as soon as there is more to say of the project than that it is pending. */
function decideRecheck(marker: Marker, { observation, recheckDays, now }: CleanupContext): CleanupDecision {
  if (!observation || !isOpen(observation)) {
    return { kind: "start", name: cleanupNameOf(marker), input: marker.input };
  }
  if (daysHavePassed(recheckDays, marker.since, now)) return { kind: "give-up" };
  const next = nextLink(marker);
  return { kind: "wait", next: { ...next, due: dueByBackoff(next, now) } };
}

function isOpen(observation: Observation): boolean {
  if (observation.kind === "project") return verdictOf(observation.project) === "pending";
  return observation.kind === "unavailable";
}

/** A deadline shorter than a day, the input's or the stack's, was meant for the audio, not for an outage of the vendor. */
function startDeletion(marker: Marker): CleanupDecision {
  const { deadlineSeconds = 0 }: Partial<TransferInput> = marker.input;
  const input = {
    ...marker.input,
    downloadOutputs: true,
    deleteAfterDownload: true,
    waitForCompletion: true,
    deadlineSeconds: Math.max(deadlineSeconds, defaultDeadlineSeconds),
  };
  return { kind: "start", name: cleanupNameOf(marker), input };
}
