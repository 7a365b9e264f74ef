/** The bytes that the origin serves: computed, so that nothing of the source's size is ever held or read from a disk. */

/**
 * Length of the block that the bytes are taken from, over and over: a prime just above 1 MiB. No two places that are a
 * whole number of parts (5 or 8 MiB) apart hold the same bytes until a source of more than a million parts, so that parts
 * in a wrong order never have the right hash; and the block stays in a processor's cache, so that serving it is cheap.
 */
const blockBytes = 1_048_583;

/** Bytes of a WAV header without extensions (RIFF, fmt and data chunks). */
const headerBytes = 44;

/** One source: an output of a project. */
export interface SourceFile {
  /** Size in bytes, at least 44. */
  readonly bytes: number;
  /** Position in its project, from 0: sources of one size differ by it. */
  readonly index: number;
}

/** Pseudo-random bytes by xorshift32 (G. Marsaglia, "Xorshift RNGs", 2003), the same in every process. */
function pseudoRandomBlock(): Buffer {
  const block = Buffer.allocUnsafeSlow(blockBytes);
  let state = 0x9e3779b9;
  for (let at = 0; at < blockBytes; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    block[at] = state;
  }
  return block;
}

let block: Buffer | undefined;

/**
 * The source's bytes from `first` on, as far as they lie together in memory: at least one, at most `most`. The buffer is
 * shared: it is not to be written to.
 */
export function sourcePiece({ bytes, index }: SourceFile, first: number, most: number): Buffer {
  if (first < headerBytes) return wavHeader(bytes).subarray(first, Math.min(headerBytes, first + most));
  block ??= pseudoRandomBlock();
  // Each output begins 7,919 bytes (a prime) further on in the block.
  const start = (first + index * 7_919) % blockBytes;
  return block.subarray(start, Math.min(blockBytes, start + most));
}

/** A canonical WAV header: PCM, two channels, 16 bits, 48 kHz. Sizes that 32 bits cannot hold are their largest value. */
function wavHeader(bytes: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(Math.min(bytes - 8, 0xffff_ffff), 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(48_000, 24);
  header.writeUInt32LE(48_000 * 4, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(Math.min(bytes - headerBytes, 0xffff_ffff), 40);
  return header;
}
