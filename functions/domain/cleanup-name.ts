import { createHash } from "node:crypto";

/** What a marker asks for: see `Marker`. */
export const markerKinds = ["deletion", "recheck", "retention"] as const;

/** One of {@link markerKinds}. */
export type MarkerKind = (typeof markerKinds)[number];

/**
 * A link of a chain of markers. A chain begins with what one transfer left; as long as what a marker asks for does not come
 * about, another one of its kind follows, later and later.
 */
export interface ChainLink {
  /** What is asked for. */
  readonly kind: MarkerKind;
  /** The chain: 20 hexadecimal digits of a hash of the kind and the execution that began it. */
  readonly chain: string;
  /** Since when it is asked for: whole seconds, in milliseconds since the epoch. */
  readonly since: number;
  /** Position in the chain, from 0. */
  readonly attempt: number;
}

/** Largest `attempt`: one a day, it would take 273 years. */
export const largestAttempt = 99_999;

/** What the names of executions begin with that the cleanup starts, and no others. */
export const cleanupNamePrefix = "cleanup-";

const pattern = new RegExp(`^${cleanupNamePrefix}(${markerKinds.join("|")})-(\\d{1,5})-(\\d{1,11})-([0-9a-f]{20})$`);

/**
 * Name of the execution that does what a marker asks for: the same for the same link, so that a second start does nothing,
 * also where a marker stands twice because the answer to its first writing was lost. At most 8 + 10 + 6 + 12 + 20 = 56 of
 * the 80 characters that Step Functions allows.
 */
export function cleanupNameOf({ kind, attempt, since, chain }: ChainLink): string {
  return `${cleanupNamePrefix}${kind}-${attempt}-${Math.floor(since / 1_000)}-${chain}`;
}

/** The link that an execution was started for; undefined when the cleanup did not start it. */
export function readCleanupName(name: string): ChainLink | undefined {
  const [, kind, attempt, seconds, chain = ""] = pattern.exec(name) ?? [];
  if (!isKind(kind)) return undefined;
  return { kind, attempt: Number(attempt), since: Number(seconds) * 1_000, chain };
}

/**
 * The link that an execution adds: the next one of the chain it was started for, if that asks for the same, or the first
 * one of a new chain.
 * @param since what a new chain begins with, milliseconds since the epoch
 */
export function linkAfter(execution: string, kind: MarkerKind, since: number): ChainLink {
  const link = readCleanupName(execution);
  if (link?.kind === kind) return nextLink(link);
  const chain = createHash("sha256")
    .update(JSON.stringify([kind, execution]))
    .digest("hex")
    .slice(0, 20);
  return { kind, chain, since: Math.floor(since / 1_000) * 1_000, attempt: 0 };
}

/** The next link of a chain. */
export function nextLink<Link extends ChainLink>(link: Link): Link {
  return { ...link, attempt: Math.min(link.attempt + 1, largestAttempt) };
}

function isKind(text: string | undefined): text is MarkerKind {
  return (markerKinds as readonly (string | undefined)[]).includes(text);
}
