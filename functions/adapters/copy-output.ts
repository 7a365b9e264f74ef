import type { PlannedOutput } from "../domain/output.ts";
import { isReceiptOf, matchesReceipt, type Receipt, type StoredObject } from "../domain/receipt.ts";
import type { CopyBudget } from "./copy-budget.ts";
import { type CopyMeter, type CopyProgress, copyProgressChannel, createCopyMeter } from "./copy-meter.ts";
import type { DigestResult } from "./digest.ts";
import type { OutputStore } from "./output-store.ts";
import { openSource } from "./source.ts";
import { readSource, type SourceReader } from "./source-reader.ts";

/** What the copy of one output needs. */
export interface CopyContext {
  /** The project's id. */
  readonly id: string;
  /** Memory, connections and a thread, shared with the other outputs of the run. */
  readonly budget: CopyBudget;
  /** Where it goes. */
  readonly store: OutputStore;
  /** Largest size accepted, in bytes. */
  readonly maxBytes: number;
  /** Fetches the project again and gives this output's fresh URL. */
  readonly refreshUrl: (output: PlannedOutput) => Promise<string>;
  /** Ends the copy. */
  readonly signal: AbortSignal;
  /** Counts what the run does. */
  readonly meter: CopyMeter;
  /** Told of the announced size, in bytes, and of the meter of this output alone, once its download is open. */
  readonly onOpen?: (bytes: number, meter: CopyMeter) => void;
}

/**
 * Copies one output to S3 and verifies it there; one that already stands there verified is not copied again.
 * @throws {TransferFailed} for good; {CopyInterrupted}, {StoreUnavailable}, {VendorUnavailable} when another attempt may help
 */
export async function copyOutput(output: PlannedOutput, context: CopyContext): Promise<Receipt> {
  const { id, budget, store, maxBytes, refreshUrl, signal } = context;
  const { key, url } = output;
  const progress = startProgress(id, key);
  const meter = createCopyMeter(context.meter, progress.publish);
  const label = key;
  const { connections } = budget;
  const source = await openSource({ connections, maxBytes, meter, url, label, refreshUrl: () => refreshUrl(output) });
  try {
    const { bytes, contentType, etag } = source;
    context.onOpen?.(bytes, meter);
    // What a header can carry: S3 keeps user metadata as ASCII.
    const version = etag !== undefined && /^[\x21-\x7e]{1,200}$/.test(etag) && { "source-etag": etag };
    const metadata = { "project-id": id, "source-id": output.sourceId, ...version };
    const read = (partBytes: number) => {
      const reader = readSource(source, { partBytes, buffers: budget.buffers, hashing: budget.hashing, signal });
      progress.follow(bytes, meter, reader);
      return reader;
    };
    const written = await store.write({ key, bytes, contentType, metadata, signal, meter }, read);
    return receipt(store.bucket, output, { ...written.stored, metadata }, written);
  } finally {
    // A write that fails before it reads would leave the connection open.
    source.close();
  }
}

/** Publishes an output's progress whenever its meter changes. */
function startProgress(id: string, key: string) {
  const began = performance.now();
  let followed: { readonly total: number; readonly meter: CopyMeter; readonly reader: SourceReader } | undefined;
  return {
    follow(total: number, meter: CopyMeter, reader: SourceReader) {
      followed = { total, meter, reader };
    },
    publish() {
      if (!followed || !copyProgressChannel.hasSubscribers) return;
      const { total, meter, reader } = followed;
      const bytesPerSecond = meter.counts.bytes / Math.max(0.001, (performance.now() - began) / 1_000);
      const { connections } = reader;
      copyProgressChannel.publish({
        ...meter.counts,
        id,
        key,
        total,
        bytesPerSecond,
        connections,
      } satisfies CopyProgress);
    },
  };
}

/**
 * The receipt of an output that S3 already holds, without asking the source: one that is known already if S3 still has
 * what it says, else from the object itself. An object of ours stands only after S3 has checked its size and CRC32 against what we read from the
 * source; its SHA-256 is in its metadata or is computed from its bytes. Undefined when nothing stands there or it is not
 * surely this output of this project.
 */
export async function findReceipt(
  output: PlannedOutput,
  { id, store }: Pick<CopyContext, "id" | "store">,
  known: readonly Receipt[],
): Promise<Receipt | undefined> {
  const stored = await store.head(output.key);
  if (!stored) return undefined;
  const listed = known.find((entry) => isReceiptOf(entry, output));
  if (listed) return matchesReceipt(stored, listed) ? listed : undefined;
  const { "project-id": projectId, "source-id": sourceId, sha256 } = stored.metadata;
  if (projectId !== id || sourceId !== output.sourceId || stored.crc32 === undefined) return undefined;
  if (sha256) return receipt(store.bucket, output, stored, { bytes: stored.bytes, sha256, crc32: stored.crc32 });
  const read = await store.readBack(output.key);
  if (read?.bytes !== stored.bytes || read.crc32 !== stored.crc32) return undefined;
  return receipt(store.bucket, output, stored, read);
}

function receipt(
  bucket: string,
  { key, sourceName, sourceId }: PlannedOutput,
  { versionId, contentType, metadata }: StoredObject,
  { bytes, sha256, crc32 }: DigestResult,
): Receipt {
  const checksum = { algorithm: "CRC32", value: crc32 } as const;
  const source = { sourceName, sourceId, ...(metadata["source-etag"] && { sourceEtag: metadata["source-etag"] }) };
  return { bucket, key, ...(versionId && { versionId }), bytes, sha256, checksum, contentType, ...source };
}
