import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { sourcePiece } from "./source-bytes.ts";

/** Bytes hashed at once: what one read of a socket brings. */
const pieceBytes = 65_536;

/** What one pass over all bytes costs. */
export interface HashPasses {
  /** CPU seconds of one SHA-256 of all bytes. */
  readonly sha256Seconds: number;
  /** CPU seconds of one CRC32 of all bytes. */
  readonly crc32Seconds: number;
}

/** Takes the time of one SHA-256 and one CRC32 over so many bytes, in pieces of 64 KiB. */
export function measureHashPasses(bytes: number): HashPasses {
  const hash = createHash("sha256");
  let sum = 0;
  return {
    sha256Seconds: cpuSecondsOf(() => {
      forEachPiece(bytes, (piece) => hash.update(piece));
      hash.digest();
    }),
    crc32Seconds: cpuSecondsOf(() => {
      forEachPiece(bytes, (piece) => {
        sum = crc32(piece, sum);
      });
    }),
  };
}

function forEachPiece(bytes: number, use: (piece: Buffer) => void): void {
  for (let at = 0; at < bytes; ) {
    const piece = sourcePiece({ bytes, index: 0 }, at, Math.min(pieceBytes, bytes - at));
    use(piece);
    at += piece.length;
  }
}

function cpuSecondsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}
