import type { PlannedOutput } from "../domain/output.ts";
import { isReceiptOf, matchesReceipt, type Receipt, type StoredObject } from "../domain/receipt.ts";
import { copyProgressChannel } from "./copy-progress.ts";
import type { GuardedHttp } from "./guarded-http.ts";
import type { OutputStore } from "./output-store.ts";
import { openSource } from "./source.ts";

/** What the copy of one output needs. */
export interface CopyContext {
  /** The project's id. */
  readonly id: string;
  /** The way to the download host. */
  readonly http: GuardedHttp;
  /** Where it goes. */
  readonly store: OutputStore;
  /** Largest size accepted, in bytes. */
  readonly maxBytes: number;
  /** Fetches the project again and gives this output's fresh URL. */
  readonly refreshUrl: (output: PlannedOutput) => Promise<string>;
  /** Ends the copy. */
  readonly signal: AbortSignal;
}

/**
 * Copies one output to S3 and verifies it there; one that already stands there verified is not copied again.
 * @throws {TransferFailed} for good; {CopyInterrupted}, {StoreUnavailable}, {VendorUnavailable} when another attempt may help
 */
export async function copyOutput(output: PlannedOutput, context: CopyContext): Promise<Receipt> {
  const { id, http, store, maxBytes, refreshUrl, signal } = context;
  // Ends the download whatever becomes of the write: one that fails before it reads would leave the connection open.
  const over = new AbortController();
  try {
    const source = await openSource({
      http,
      maxBytes,
      signal: AbortSignal.any([signal, over.signal]),
      url: output.url,
      label: output.key,
      refreshUrl: () => refreshUrl(output),
    });
    const { bytes, contentType, etag } = source;
    // What a header can carry: S3 keeps user metadata as ASCII.
    const version = etag !== undefined && /^[\x21-\x7e]{1,200}$/.test(etag) && { "source-etag": etag };
    const metadata = { "project-id": id, "source-id": output.sourceId, ...version };
    const chunks = withProgress(source.chunks, { id, key: output.key, total: bytes });
    const written = await store.write({ key: output.key, bytes, contentType, metadata, signal }, chunks);
    return receipt(store.bucket, output, { ...written.stored, metadata }, written);
  } finally {
    over.abort();
  }
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
  { bytes, sha256, crc32 }: { readonly bytes: number; readonly sha256: string; readonly crc32: string },
): Receipt {
  const checksum = { algorithm: "CRC32", value: crc32 } as const;
  const source = { sourceName, sourceId, ...(metadata["source-etag"] && { sourceEtag: metadata["source-etag"] }) };
  return { bucket, key, ...(versionId && { versionId }), bytes, sha256, checksum, contentType, ...source };
}

async function* withProgress(
  chunks: AsyncGenerator<Uint8Array>,
  { id, key, total }: { id: string; key: string; total: number },
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (copyProgressChannel.hasSubscribers) copyProgressChannel.publish({ id, key, bytes, total });
    yield chunk;
  }
}
