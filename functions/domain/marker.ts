import * as v from "valibot";
import { type ChainLink, largestAttempt, type MarkerKind, markerKinds } from "./cleanup-name.ts";
import { cleanupDirectory, findInput, type TransferInput } from "./input.ts";

/** What the keys of all markers begin with. Behind it they are in the order in which they are due. */
export const markerPrefix = `${cleanupDirectory}/due/`;

/**
 * Largest marker that is read, in bytes: a valid input has at most ten endpoints of 1,024 characters, 4,096 bytes of
 * metadata and 576 characters of id and directory, 15 KB; four times that leaves room for fields to come.
 */
export const largestMarkerBytes = 65_536;

/**
 * What a transfer leaves to the cleanup, an S3 object: `deletion`, the remote project is still to be deleted; `recheck`, its
 * transfer failed for what may pass, a deadline above all; `retention`, it is to be deleted some days after the copy. A marker
 * is written once, and never changed or deleted by a function.
 */
export interface Marker extends ChainLink {
  /** The project's id. */
  readonly id: string;
  /** When the cleanup looks at it, milliseconds since the epoch. */
  readonly due: number;
  /** The transfer's input as it was given: a valid one. */
  readonly input: Readonly<Partial<TransferInput>>;
}

/** A marker as S3 holds it. */
export interface MarkerObject {
  /** `_cleanup/due/<due>-<kind>-<project id>-<chain>.json`: at most 13 + 20 + 10 + 65 + 26 = 134 bytes. */
  readonly key: string;
  /** JSON. */
  readonly body: string;
}

/** A moment as keys carry it: ISO 8601, basic, UTC, milliseconds (`20261122T214000123Z`), so that texts sort as times. */
function stampOf(time: number): string {
  return new Date(time).toISOString().replace(/[-:.]/g, "");
}

const stampPattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/;

function timeOf(stamp: string): number | undefined {
  const time = Date.parse(stamp.replace(stampPattern, "$1-$2-$3T$4:$5:$6.$7Z"));
  // Date.parse takes 31 February for 3 March.
  return Number.isFinite(time) && stampOf(time) === stamp ? time : undefined;
}

/** What lies before the keys of all markers that are due then or later, and behind all others. @param time milliseconds since the epoch */
export function firstKeyDue(time: number): string {
  return markerPrefix + stampOf(time);
}

const keyPattern = new RegExp(
  `^${markerPrefix}(\\d{8}T\\d{9}Z)-(${markerKinds.join("|")})-([\\w-]{1,64})-([0-9a-f]{20})\\.json$`,
);

/** What a marker's key says; undefined when it is none. */
export function readMarkerKey(key: string): Pick<Marker, "due" | "kind" | "id" | "chain"> | undefined {
  const [, stamp = "", kind, id = "", chain = ""] = keyPattern.exec(key) ?? [];
  const due = timeOf(stamp);
  return due === undefined ? undefined : { due, kind: kind as MarkerKind, id, chain };
}

/** A marker as S3 is to hold it. */
export function formatMarker({ due, kind, id, chain, input, since, attempt }: Marker): MarkerObject {
  const body = { schemaVersion: 1, kind, input, since: new Date(since).toISOString(), attempt };
  return { key: `${firstKeyDue(due)}-${kind}-${id}-${chain}.json`, body: `${JSON.stringify(body)}\n` };
}

const bodySchema = v.object({
  schemaVersion: v.literal(1),
  kind: v.picklist(markerKinds),
  input: v.looseObject({ id: v.string() }),
  since: v.pipe(v.string(), v.isoTimestamp(), v.transform(Date.parse), v.minValue(0)),
  attempt: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(largestAttempt)),
});

/** Reads a marker; undefined when it is none, its key and its body disagree, or its input is no longer valid. */
export function parseMarker({ key, body }: MarkerObject): Marker | undefined {
  const named = readMarkerKey(key);
  const parsed = v.safeParse(bodySchema, jsonOf(body));
  if (!named || !parsed.success) return undefined;
  const { kind, input, since, attempt } = parsed.output;
  if (kind !== named.kind || input.id !== named.id || !isInput(input)) return undefined;
  return { ...named, input, since, attempt };
}

function isInput(raw: unknown): raw is Marker["input"] {
  return findInput(raw) !== undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
