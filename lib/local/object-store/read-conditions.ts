import type { ObjectRecord } from "./object-record.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";
import { header } from "./s3-request.ts";

/**
 * Whether the reader has the object already (304), by the conditional headers in the order of RFC 9110, 13.2.2.
 * Throws S3Error `PreconditionFailed` for `If-Match` or `If-Unmodified-Since` that do not hold.
 */
export function isUnchanged(request: S3Request, record: ObjectRecord): boolean {
  const ifMatch = header(request, "if-match");
  const holds =
    ifMatch === undefined ? !isLater(record, header(request, "if-unmodified-since")) : matches(ifMatch, record.etag);
  if (!holds) throw new S3Error("PreconditionFailed", "The object is not the one that the condition asks for.");
  const ifNoneMatch = header(request, "if-none-match");
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, record.etag);
  const since = header(request, "if-modified-since");
  return since !== undefined && !Number.isNaN(Date.parse(since)) && !isLater(record, since);
}

function matches(condition: string, etag: string): boolean {
  const bare = (text: string): string => text.trim().replaceAll('"', "");
  return condition.split(",").some((one) => bare(one) === "*" || bare(one) === bare(etag));
}

/** HTTP dates hold whole seconds, so the object's time is cut to them. */
function isLater(record: ObjectRecord, date: string | undefined): boolean {
  if (date === undefined) return false;
  return Math.floor(Date.parse(record.lastModified) / 1000) * 1000 > Date.parse(date);
}

/** A run of bytes, both ends included, counted from 0. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The single range that a `Range` header asks for of an object of `size` bytes; undefined for none, and for a header
 * that HTTP says to ignore (no bytes, or several ranges). Throws S3Error `InvalidRange` beyond the end.
 */
export function readRange(range: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range ?? "");
  const [, from = "", to = ""] = match ?? [];
  if (from === "" && to === "") return undefined;
  const first = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && from !== "" && Number(to) < Number(from)) return undefined;
  if (first <= last) return { first, last };
  throw new S3Error("InvalidRange", `The requested range does not lie within the ${size} bytes of the object.`);
}
