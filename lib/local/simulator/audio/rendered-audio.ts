/** A finished audio file that is read in pieces, so that a large one never stands in memory as a whole. */

/** One output's bytes. The same file always reads the same. */
export interface RenderedAudio {
  readonly contentType: "audio/wav" | "audio/mpeg";
  /** Length of the file in bytes. */
  readonly bytes: number;
  /** The bytes from `start` to before `end` (defaults: the whole file), in pieces of at most 256 KiB. */
  read(start?: number, end?: number): Generator<Uint8Array>;
}

// Large enough to keep the calls per GiB low (4,096), small enough that 100 slow readers hold 25 MiB.
const largestPiece = 256 * 1024;

/**
 * A file over `viewAt`, which gives a non-empty view of the bytes that start at an offset inside the file.
 * The views are handed on without a copy: neither side may write to them.
 */
export function renderedAudio(
  contentType: RenderedAudio["contentType"],
  bytes: number,
  viewAt: (offset: number) => Uint8Array,
): RenderedAudio {
  return {
    contentType,
    bytes,
    *read(start = 0, end = bytes) {
      const stop = Math.min(end, bytes);
      for (let offset = start; offset < stop; ) {
        const piece = viewAt(offset).subarray(0, Math.min(largestPiece, stop - offset));
        yield piece;
        offset += piece.length;
      }
    },
  };
}
