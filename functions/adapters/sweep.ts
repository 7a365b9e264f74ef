import { type CleanupCounts, nothingSwept } from "../domain/cleanup-summary.ts";
import { readMarkerKey } from "../domain/marker.ts";
import type { ListedMarker } from "./marker-store.ts";
import type { UploadPlace } from "./open-uploads.ts";
import { abortOrphanedUploads } from "./orphaned-uploads.ts";
import { type MarkerPorts, sweepMarker } from "./sweep-marker.ts";

/** Markers handled at once: each is a few requests, and waits for them. */
const atOnce = 10;

/**
 * Time kept back for what is under way, in milliseconds: a GET of S3 and one of the vendor (twice 15 s, and 12 s for its
 * key), a start (three times 3 s), and the cursor. One minute.
 */
const reserve = 60_000;

/** What a pass needs. */
export interface SweepPorts extends MarkerPorts {
  /** The bucket whose orphaned uploads are aborted; undefined where none are. */
  readonly uploads: UploadPlace | undefined;
  /** Milliseconds until the function is killed. */
  readonly remaining: () => number;
}

/** What came of a pass. */
export interface Swept {
  /** What it did. */
  readonly counts: Readonly<CleanupCounts>;
  /** What stopped it; undefined when nothing did but its time. */
  readonly fault?: unknown;
}

/**
 * One pass of the cleanup: does what the markers ask for that are due, and aborts orphaned uploads. Its requests grow with
 * what is due and with nothing else: two LISTs, a GET for each marker and one more PUT for each 1,000, besides what the
 * markers ask for. It stops before its time is up, or at the first fault, and the next pass goes on from there; it can be
 * killed at any moment, and run twice at once.
 */
export async function sweep(ports: SweepPorts): Promise<Swept> {
  const counts = nothingSwept();
  const faults: unknown[] = [];
  for (const work of [sweepMarkers, sweepUploads]) {
    try {
      await work(ports, counts);
    } catch (error) {
      faults.push(error);
    }
  }
  const failed = Math.max(counts.failed, faults.length);
  return { counts: { ...counts, failed, more: counts.more || failed > 0 }, fault: faults[0] };
}

async function sweepMarkers(ports: SweepPorts, counts: CleanupCounts): Promise<void> {
  const { markers, now } = ports;
  const began = now();
  let cursor = await markers.readCursor(began);
  for await (const page of markers.due(cursor, began)) {
    const { handled, fault } = await sweepPage(page.markers, ports, counts);
    const isWhole = handled === page.markers.length;
    counts.more = !isWhole;
    const position = isWhole && !page.more ? began : positionAt(page.markers, handled);
    if (page.markers.length > 0 && position !== undefined && position > (cursor ?? 0)) {
      await markers.writeCursor(position, now());
      cursor = position;
    }
    if (fault) throw fault.error;
    if (!isWhole) return;
  }
}

/** @returns how many markers, from the first on, are handled, and what stopped it */
async function sweepPage(
  page: readonly ListedMarker[],
  ports: SweepPorts,
  counts: CleanupCounts,
): Promise<{ readonly handled: number; readonly fault?: { readonly error: unknown } }> {
  for (let at = 0; at < page.length; at += atOnce) {
    if (ports.remaining() < reserve) return { handled: at };
    const batch = page.slice(at, at + atOnce);
    const outcomes = await Promise.allSettled(batch.map((listed) => sweepMarker(listed, ports)));
    counts.due += batch.length;
    for (const outcome of outcomes) add(counts, outcome);
    const failed = outcomes.findIndex(({ status }) => status === "rejected");
    const outcome = outcomes[failed];
    if (outcome?.status === "rejected") return { handled: at + failed, fault: { error: outcome.reason } };
  }
  return { handled: page.length };
}

function add(counts: CleanupCounts, outcome: PromiseSettledResult<Awaited<ReturnType<typeof sweepMarker>>>): void {
  if (outcome.status === "rejected") {
    counts.failed += 1;
    return;
  }
  const { count, overdue } = outcome.value;
  if (count !== "known") counts[count] += 1;
  if (overdue) counts.overdueDeletions += 1;
}

/**
 * Before when all is handled, where so many of a page are: when the next one is due, or the last of them. Objects that are
 * no markers have no date, and are passed over.
 */
function positionAt(page: readonly ListedMarker[], handled: number): number | undefined {
  const dues = page.slice(0, handled + 1).map(({ key }) => readMarkerKey(key)?.due);
  return dues.findLast((due) => due !== undefined);
}

async function sweepUploads(ports: SweepPorts, counts: CleanupCounts): Promise<void> {
  if (!ports.uploads) return;
  const { aborted, more } = await abortOrphanedUploads(ports.uploads, ports.now(), () => ports.remaining() < reserve);
  counts.uploadsAborted = aborted;
  counts.more ||= more;
}
