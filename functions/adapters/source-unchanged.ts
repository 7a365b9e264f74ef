import type { Receipt } from "../domain/receipt.ts";
import { startDigest } from "./digest.ts";
import { openSource, type SourceOptions } from "./source.ts";

/**
 * Whether a source still has the bytes of the receipt: the same length and strong ETag say so; without them every byte is
 * read and hashed. Nothing is stored.
 * @throws {TransferFailed | CopyInterrupted} when the source cannot be read, as `openSource`
 */
export async function isSourceUnchanged(
  receipt: Receipt,
  options: Omit<SourceOptions, "maxBytes" | "label">,
): Promise<boolean> {
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  try {
    // No cap: a source that has grown is one that has changed, and is not read.
    const source = await openSource({ ...options, signal, label: receipt.key, maxBytes: Number.MAX_SAFE_INTEGER });
    if (source.bytes !== receipt.bytes) return false;
    if (source.etag !== undefined && source.etag === receipt.sourceEtag) return true;
    const digest = startDigest();
    for await (const chunk of source.chunks) digest.add(chunk);
    return digest.finish().sha256 === receipt.sha256;
  } finally {
    over.abort();
  }
}
