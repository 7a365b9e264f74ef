/** A parsed `Content-Range` of one part (RFC 9110, section 14.4). All in bytes, `last` inclusive. */
export interface ContentRange {
  /** First byte. */
  readonly first: number;
  /** Last byte, inclusive. */
  readonly last: number;
  /** Size of the whole body. */
  readonly total: number;
}

/** Reads `bytes <first>-<last>/<total>`; undefined for anything else, an unknown total (`*`) included. */
export function parseContentRange(header: string | undefined): ContentRange | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(header?.trim() ?? "");
  if (!match) return undefined;
  const [first, last, total] = match.slice(1).map(Number) as [number, number, number];
  return first <= last && last < total ? { first, last, total } : undefined;
}

/** Whether an ETag is strong (RFC 9110, section 8.8.1): only such a one says that two bodies are equal byte for byte. */
export function isStrongEtag(etag: string | undefined): etag is string {
  return etag !== undefined && /^"[^"]*"$/.test(etag);
}
