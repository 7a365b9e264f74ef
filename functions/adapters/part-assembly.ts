import { crc32 } from "node:zlib";
import { combineCrc32 } from "../domain/crc32-combination.ts";
import { looksLikeMedia, sniffedBytes } from "../domain/media-type.ts";
import type { Segment } from "../domain/segment.ts";
import { type DigestResult, formatCrc32 } from "./digest.ts";
import { type HashThread, type RunningHash, startHash } from "./hash-thread.ts";
import type { PartBuffers } from "./part-buffers.ts";

/** A part of the output, complete and hashed. */
export interface Part {
  /** Its number, from 1. */
  readonly number: number;
  /** Its bytes. They are the reader's again after `release`. */
  readonly bytes: Buffer;
  /** Their CRC32. */
  readonly crc32: number;
  /** Gives its buffer back, once it is hashed, too: to be called once. */
  release(): void;
}

/** What parts are put together of. All in bytes. */
export interface AssemblyOptions {
  /** Size of the output. */
  readonly bytes: number;
  /** Size of each part but the last: 512 at least, where there is more than one, for its first bytes to be looked at. */
  readonly partBytes: number;
  /** Where buffers come from. */
  readonly buffers: PartBuffers;
  /** Where an output of several parts is hashed. */
  readonly hashing: HashThread;
  /** Told when a part cannot be hashed: all is then in vain. */
  readonly onFailure: (error: Error) => void;
}

/** A part that is being filled. */
interface OpenPart {
  readonly number: number;
  readonly first: number;
  readonly buffer: Buffer;
  readonly bytes: number;
  crc: number;
}

/**
 * The parts of an output as they come together: segments are filled in any order, and what is there without a gap from the
 * start is checksummed and hashed, in order, each byte once.
 */
export class PartAssembly {
  readonly #options: AssemblyOptions;
  readonly #hash: RunningHash;
  readonly #open = new Map<number, OpenPart>();
  /** Added and not checksummed to their end, in order. */
  readonly #segments: Segment[] = [];
  readonly #ready: Part[] = [];
  #crc = 0;
  /** Bytes from the start that are there without a gap, and checksummed. */
  #passed = 0;

  constructor(options: AssemblyOptions) {
    this.#options = options;
    // Whatever fits one part is hashed before a thread would have started.
    this.#hash = options.bytes > options.partBytes ? options.hashing.start() : startHash();
  }

  /**
   * Takes a buffer for the part that a byte belongs to, unless it has one.
   * @param signal ends waiting for it
   * @returns whether it has one now
   */
  async openFor(at: number, signal: AbortSignal): Promise<boolean> {
    const index = this.#indexOf(at);
    if (this.#open.has(index)) return true;
    const { bytes: total, partBytes, buffers } = this.#options;
    const first = index * partBytes;
    const bytes = Math.min(partBytes, total - first);
    // Of several parts the last has a whole buffer, too: shared ones are kept, and so are all of one size.
    const isShared = total > partBytes;
    const buffer = await buffers.take(isShared ? partBytes : bytes, signal, isShared).catch(() => undefined);
    if (buffer) this.#open.set(index, { number: index + 1, first, bytes, buffer, crc: 0 });
    return buffer !== undefined;
  }

  /** Takes on a segment, whose part is open. Segments come in order, without a gap. */
  add(segment: Segment): void {
    this.#segments.push(segment);
  }

  /** Where the rest of a segment goes; undefined after the end. */
  restOf({ first, end, filled }: Segment): Uint8Array | undefined {
    const part = this.#open.get(this.#indexOf(first));
    return part?.buffer.subarray(first + filled - part.first, end - part.first);
  }

  /**
   * Checksums what is there by now without a gap, and hands complete parts on.
   * @returns false when the first bytes cannot be those of media
   */
  advance(): boolean {
    let isMedia = true;
    for (let segment = this.#segments[0]; segment; segment = this.#segments[0]) {
      const until = segment.first + segment.filled;
      if (until > this.#passed) isMedia = this.#passUntil(until) && isMedia;
      if (until < segment.end) break;
      this.#segments.shift();
    }
    return isMedia;
  }

  /** Whether a part is complete and was not taken. */
  get hasNext(): boolean {
    return this.#ready.length > 0;
  }

  /** The next part that is complete. Whoever takes it releases it. */
  next(): Part | undefined {
    return this.#ready.shift();
  }

  /**
   * Size and hashes of all that was put together: to be asked once, after the last part.
   * @throws {CopyInterrupted} when the hashing thread ended
   */
  async finish(): Promise<DigestResult> {
    return { bytes: this.#passed, sha256: await this.#hash.finish(), crc32: formatCrc32(this.#crc) };
  }

  /** Gives all buffers back but those of parts that were taken. Nothing may be writing to them any more. */
  end(): void {
    for (const part of this.#ready.splice(0)) part.release();
    for (const { buffer } of this.#open.values()) this.#options.buffers.give(buffer);
    this.#open.clear();
  }

  #indexOf(at: number): number {
    return Math.floor(at / this.#options.partBytes);
  }

  #passUntil(until: number): boolean {
    const index = this.#indexOf(this.#passed);
    const part = this.#open.get(index);
    if (!part) return true;
    const piece = part.buffer.subarray(this.#passed - part.first, until - part.first);
    part.crc = crc32(piece, part.crc);
    const isFirstLook = this.#passed < sniffedBytes;
    this.#passed = until;
    const isMedia = !isFirstLook || this.#isMedia(part, until);
    if (until === part.first + part.bytes) this.#pass(index, part);
    return isMedia;
  }

  /** Whether the first bytes can be media, as far as there are enough of them to say. */
  #isMedia({ buffer }: OpenPart, until: number): boolean {
    const enough = Math.min(sniffedBytes, this.#options.bytes);
    return until < enough || looksLikeMedia(buffer.subarray(0, until));
  }

  #pass(index: number, { number, buffer, bytes, crc }: OpenPart): void {
    this.#open.delete(index);
    this.#crc = combineCrc32(this.#crc, crc, bytes);
    const part = buffer.subarray(0, bytes);
    const give = () => this.#options.buffers.give(buffer);
    const hashed = this.#hash.add(part);
    hashed.catch(this.#options.onFailure);
    // Given back earlier, its next bytes would be hashed in place of these.
    const release = () => void hashed.then(give, give);
    this.#ready.push({ number, bytes: part, crc32: crc, release });
  }
}
