/** The Range header of RFC 9110, section 14, for one range of bytes. */

/** A piece of a file: from `start` to before `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What a Range header asks of a file of `bytes` bytes: a piece, "unsatisfiable", or undefined when the header is
 * absent, malformed, in another unit or asks for several pieces; RFC 9110 lets a server ignore all of these.
 */
export function parseRange(header: string | undefined, bytes: number): ByteRange | "unsatisfiable" | undefined {
  const fields = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? "");
  if (fields === null) return undefined;
  const [, first = "", last = ""] = fields;
  if (first === "") return last === "" ? undefined : suffix(Number(last), bytes);
  const start = Number(first);
  const end = last === "" ? bytes : Math.min(Number(last) + 1, bytes);
  if (last !== "" && Number(last) < start) return undefined;
  return start < bytes ? { start, end } : "unsatisfiable";
}

function suffix(length: number, bytes: number): ByteRange | "unsatisfiable" {
  return length === 0 || bytes === 0 ? "unsatisfiable" : { start: Math.max(0, bytes - length), end: bytes };
}
