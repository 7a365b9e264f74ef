import type { Receipt } from "../domain/receipt.ts";
import type { CopyBudget } from "./copy-budget.ts";
import { createCopyMeter } from "./copy-meter.ts";
import { partSizeFor } from "./multipart-upload.ts";
import { openSource, type SourceOptions } from "./source.ts";
import { readSource } from "./source-reader.ts";

/**
 * Whether a source still has the bytes of the receipt: the same length and strong ETag say so; without them every byte is
 * read and hashed. Nothing is stored.
 * @param signal ends it
 * @throws {TransferFailed | CopyInterrupted} when the source cannot be read, as `openSource`
 */
export async function isSourceUnchanged(
  receipt: Receipt,
  { url, refreshUrl }: Pick<SourceOptions, "url" | "refreshUrl">,
  { buffers, connections, hashing }: CopyBudget,
  signal: AbortSignal,
): Promise<boolean> {
  // No cap: a source that has grown is one that has changed, and is not read.
  const bounds = { maxBytes: Number.MAX_SAFE_INTEGER, meter: createCopyMeter() };
  const source = await openSource({ ...bounds, url, refreshUrl, connections, label: receipt.key });
  try {
    if (source.bytes !== receipt.bytes) return false;
    if (source.etag !== undefined && source.etag === receipt.sourceEtag) return true;
    const reader = readSource(source, { partBytes: partSizeFor(source.bytes), buffers, hashing, signal });
    for await (const part of reader.parts()) part.release();
    return (await reader.finish()).sha256 === receipt.sha256;
  } finally {
    source.close();
  }
}
