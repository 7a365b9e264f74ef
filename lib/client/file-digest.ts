import type { FileHandle } from "node:fs/promises";
import { type DigestResult, startDigest } from "../../functions/adapters/digest.ts";
import { CopyInterrupted } from "../../functions/domain/errors.ts";

/** Bytes read at once: 1 MiB, whose hashes take the event loop a millisecond or two. */
const pieceBytes = 1_024 ** 2;

/**
 * Size and hashes of a file's bytes, all of them read.
 * @throws {CopyInterrupted} when the signal fires; the system's error
 */
export async function digestFile(handle: FileHandle, signal: AbortSignal, path: string): Promise<DigestResult> {
  const digest = startDigest();
  const piece = Buffer.allocUnsafe(pieceBytes);
  for (;;) {
    if (signal.aborted) throw new CopyInterrupted(`reading ${path}: the run's time is up`);
    const { bytesRead } = await handle.read(piece, 0, pieceBytes, digest.bytes);
    if (bytesRead === 0) return digest.finish();
    digest.add(piece.subarray(0, bytesRead));
  }
}
