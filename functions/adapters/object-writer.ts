import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { CopyInterrupted, TransferFailed } from "../domain/errors.ts";
import type { StoredObject } from "../domain/receipt.ts";
import { startDigest } from "./digest.ts";
import { uploadInParts } from "./multipart-upload.ts";
import { storeFault, storeStatusOf } from "./store-fault.ts";

/** An object to be written. */
export interface NewObject {
  /** Object key. */
  readonly key: string;
  /** Announced size in bytes: exactly so many must come. */
  readonly bytes: number;
  /** Media type. */
  readonly contentType: string;
  /** User metadata: lower-case names, ASCII values. The SHA-256 is added where it is known in time (one single PUT). */
  readonly metadata: Readonly<Record<string, string>>;
  /** Ends the write; an open upload is then aborted. */
  readonly signal: AbortSignal;
}

/** What was written, or stood there already with the same bytes. */
export interface WrittenObject {
  /** Size in bytes. */
  readonly bytes: number;
  /** SHA-256 of the bytes that came, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Their CRC32, as S3 writes it. */
  readonly crc32: string;
  /** The object as S3 shows it after the write. */
  readonly stored: StoredObject;
}

/** Where and how an object is written. */
export interface WriteTarget {
  /** The S3 client. */
  readonly client: S3Client;
  /** Bucket name. */
  readonly bucket: string;
  /** What stands under a key (HEAD with checksum). */
  readonly head: (key: string) => Promise<StoredObject | undefined>;
}

/**
 * Up to this size an object is written by one PUT, in bytes: 8 MiB, the smallest part size in use. Its hash is then known
 * before it is written and stands in its metadata.
 */
export const largestSinglePut = 8 * 1_024 ** 2;

/**
 * Writes an object under a key where nothing stands, and believes it only after seeing its size and full-object checksum
 * in S3. If something stands there, or the answer was lost, what counts is what stands: equal bytes are success.
 * @throws {TransferFailed} when other bytes stand there (both are kept), or S3 refuses
 * @throws {StoreUnavailable} when S3 fails
 * @throws {CopyInterrupted} when the chunks end early, or the signal fires
 */
export async function writeObject(
  target: WriteTarget,
  object: NewObject,
  chunks: AsyncIterable<Uint8Array>,
): Promise<WrittenObject> {
  const digest = startDigest();
  const counted = countExactly(chunks, object, digest.add);
  let fault: unknown;
  let digested: ReturnType<typeof digest.finish>;
  if (object.bytes <= largestSinglePut) {
    const body = await collect(counted, object.bytes);
    digested = digest.finish();
    fault = await settled(put(target, object, body, digested));
  } else {
    const upload = await uploadInParts(target, object, counted);
    digested = digest.finish();
    fault = await settled(upload.complete(digested.crc32));
    if (fault) await upload.abort();
  }
  // 412: something stands there. 409: another writer was faster. Anything else that failed may still have been written.
  const what = `PUT of s3://${target.bucket}/${object.key}`;
  const stored = await target.head(object.key);
  if (stored && stored.bytes === digested.bytes && stored.crc32 === digested.crc32) return { ...digested, stored };
  const status = storeStatusOf(fault);
  if (stored && (status === 412 || status === 409 || fault === undefined)) {
    throw new TransferFailed(`${what}: other bytes stand there: both are kept, and nothing is overwritten or deleted`);
  }
  throw storeFault(fault ?? new Error("the object is not there after the write"), what);
}

async function put(
  { client, bucket }: WriteTarget,
  { key, contentType, metadata, signal }: NewObject,
  body: Buffer,
  { sha256, crc32 }: { readonly sha256: string; readonly crc32: string },
): Promise<void> {
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: body,
    ContentType: contentType,
    IfNoneMatch: "*",
    ChecksumCRC32: crc32,
    Metadata: { ...metadata, sha256 },
  });
  await client.send(command, { abortSignal: signal });
}

async function settled(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error ?? new Error("unknown fault");
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>, bytes: number): Promise<Buffer> {
  const body = Buffer.allocUnsafe(bytes);
  let at = 0;
  for await (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

/** Passes chunks on and throws as soon as more, or at the end fewer, bytes came than announced. */
async function* countExactly(
  chunks: AsyncIterable<Uint8Array>,
  { bytes, key }: NewObject,
  see: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const chunk of chunks) {
    seen += chunk.length;
    if (seen > bytes) throw new CopyInterrupted(`${key}: more than the announced ${bytes} bytes came`);
    see(chunk);
    yield chunk;
  }
  if (seen < bytes) throw new CopyInterrupted(`${key}: ${seen} of the announced ${bytes} bytes came`);
}
