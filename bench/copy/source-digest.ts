import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { type SourceFile, sourcePiece } from "./source-bytes.ts";

/** What a copy of a source must have. */
export interface SourceDigest {
  /** Size in bytes. */
  readonly bytes: number;
  /** SHA-256, 64 hexadecimal digits. */
  readonly sha256: string;
  /** CRC32, base64 of its four bytes in big-endian order, as S3 writes it. */
  readonly crc32: string;
}

/** A CRC32 as S3 writes it. */
export function crc32Text(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString("base64");
}

const known = new Map<string, Promise<SourceDigest>>();

/** The digests of a source, computed from its own bytes once in this process: about 1 s for each GiB. */
export function sourceDigest(source: SourceFile): Promise<SourceDigest> {
  const name = `${source.bytes}/${source.index}`;
  const digest = known.get(name) ?? computeDigest(source);
  known.set(name, digest);
  return digest;
}

async function computeDigest(source: SourceFile): Promise<SourceDigest> {
  const hash = createHash("sha256");
  let sum = 0;
  for await (const piece of sourcePieces(source, 0, source.bytes)) {
    hash.update(piece);
    sum = crc32(piece, sum);
  }
  return { bytes: source.bytes, sha256: hash.digest("hex"), crc32: crc32Text(sum) };
}

/** CRC32 of the source's bytes from `start` to before `end`, as S3 writes it. */
export async function sourceCrc32(source: SourceFile, start: number, end: number): Promise<string> {
  let sum = 0;
  for await (const piece of sourcePieces(source, start, end)) sum = crc32(piece, sum);
  return crc32Text(sum);
}

/** The bytes in order; each 64 MiB or so a turn of the event loop lets signals through. */
async function* sourcePieces(source: SourceFile, start: number, end: number): AsyncGenerator<Buffer> {
  let pieces = 0;
  for (let at = start; at < end; ) {
    const piece = sourcePiece(source, at, end - at);
    at += piece.length;
    yield piece;
    pieces += 1;
    if (pieces % 64 === 0) await nextTurn();
  }
}
