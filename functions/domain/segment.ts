/** A stretch of an output that one request asks for when several are under way. All in bytes. */
export interface Segment {
  /** Its first byte. */
  readonly first: number;
  /** The byte after its last. */
  readonly end: number;
  /** Bytes of it that are there. */
  filled: number;
}

/**
 * Size of a segment in bytes: 2 MiB. At 25 MiB/s that is 80 ms, well above a round trip; and eight of them are two parts of
 * 8 MiB, so that eight connections leave room for parts on their way to S3.
 */
export const segmentBytes = 2 * 1_024 ** 2;

/** The segment that begins at a byte: it ends with its output, with its part, or at the next multiple of its size in there. */
export function segmentFrom(first: number, total: number, partBytes: number): Segment {
  const inPart = first % partBytes;
  const ending = Math.min(partBytes, inPart - (inPart % segmentBytes) + segmentBytes);
  return { first, end: Math.min(total, first - inPart + ending), filled: 0 };
}
