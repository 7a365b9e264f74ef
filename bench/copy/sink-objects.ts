/** What the discarding S3 remembers: sizes and claims, never bytes, but for small JSON. */
import type { IncomingHttpHeaders } from "node:http";

/** A body that came and was thrown away. */
export interface DiscardedBody {
  /** Bytes that came, without the framing of aws-chunked. */
  readonly bytes: number;
  /** CRC32 that the sender claimed, as S3 writes it; null when it claimed none. */
  readonly claimed: string | null;
  /** CRC32 of what came: only in the checking bucket, else null. */
  readonly computed: string | null;
}

/** An object as the discarding S3 has it, and as the bench reads it. */
export interface DiscardedObject {
  /** Bytes that came. */
  readonly bytes: number;
  /** Size that CompleteMultipartUpload claimed (x-amz-mp-object-size); null when it claimed none. */
  readonly claimedBytes: number | null;
  /** Full-object CRC32 that was claimed; null when none was. */
  readonly claimed: string | null;
  /** The bodies it is made of, by part number; a single PUT is one. */
  readonly parts: readonly DiscardedBody[];
  /** Headers that HEAD gives back: content type and user metadata. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes themselves, where they are kept: JSON up to 1 MiB (manifests). */
  readonly text: string | null;
}

/** A multipart upload that is neither completed nor aborted. */
export interface OpenUpload {
  /** Bucket and key, `/bucket/key`. */
  readonly path: string;
  /** Headers of the object to come. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parts so far, by number; the last one sent under a number counts. */
  readonly parts: Map<number, DiscardedBody>;
  /** When it began, ISO 8601. */
  readonly initiated: string;
}

/** Everything, by path (`/bucket/key`) and by upload id. */
export const objects = new Map<string, DiscardedObject>();

/** Open uploads by their id. */
export const uploads = new Map<string, OpenUpload>();

/** A header's first value; null when it was not sent. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** The headers of a PUT or CreateMultipartUpload that HEAD gives back. */
export function keptHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => name === "content-type" || name.startsWith("x-amz-meta-"));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}
