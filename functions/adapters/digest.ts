import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** Size and hashes of some bytes. */
export interface DigestResult {
  /** Size in bytes. */
  readonly bytes: number;
  /** SHA-256, 64 hexadecimal digits. */
  readonly sha256: string;
  /** CRC32, as S3 writes it. */
  readonly crc32: string;
}

/** A running count, SHA-256 and CRC32 over bytes in their order. */
export interface Digest {
  /** Adds bytes. */
  add(bytes: Uint8Array): void;
  /** Bytes added so far. */
  readonly bytes: number;
  /** The results; nothing may be added afterwards. */
  finish(): DigestResult;
}

/** Starts a digest. Both hashes are native in Node. */
export function startDigest(): Digest {
  const hash = createHash("sha256");
  let bytes = 0;
  let crc = 0;
  return {
    add(piece) {
      hash.update(piece);
      crc = crc32(piece, crc);
      bytes += piece.length;
    },
    get bytes() {
      return bytes;
    },
    finish: () => ({ bytes, sha256: hash.digest("hex"), crc32: formatCrc32(crc) }),
  };
}

/** The CRC32 of one piece, as S3 writes it. */
export function crc32Of(piece: Uint8Array): string {
  return formatCrc32(crc32(piece));
}

/** CRC32 as S3 writes it: base64 of its four bytes, most significant first. */
export function formatCrc32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString("base64");
}
