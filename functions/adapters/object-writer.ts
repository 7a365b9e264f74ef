import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { CopyInterrupted, TransferFailed } from "../domain/errors.ts";
import type { StoredObject } from "../domain/receipt.ts";
import type { CopyMeter } from "./copy-meter.ts";
import { countedCall } from "./counted-call.ts";
import { type DigestResult, formatCrc32 } from "./digest.ts";
import { partSizeFor, uploadInParts } from "./multipart-upload.ts";
import type { Part } from "./part-assembly.ts";
import { withPayloadHash } from "./payload-hash.ts";
import { storeFault, storeStatusOf } from "./store-fault.ts";
import { untilSignal } from "./until-signal.ts";

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
  /** Counts the calls to S3 that were made again. */
  readonly meter: CopyMeter;
}

/** The bytes of a new object: parts in order, each released by whoever takes it, and the hashes of all of them. */
export interface ObjectBytes {
  /** All parts; throws where they cannot all be had. */
  parts(): AsyncIterable<Part>;
  /** Size and hashes, to be asked after the last part. */
  finish(): Promise<DigestResult>;
}

/** What was written, or stood there already with the same bytes. */
export interface WrittenObject extends DigestResult {
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
 * @param read begins to read the bytes in parts of so many bytes
 * @throws {TransferFailed} when other bytes stand there (both are kept), or S3 refuses
 * @throws {StoreUnavailable} when S3 fails
 * @throws {CopyInterrupted} when the bytes end early, or the signal fires
 */
export async function writeObject(
  target: WriteTarget,
  object: NewObject,
  read: (partBytes: number) => ObjectBytes,
): Promise<WrittenObject> {
  const isSingle = object.bytes <= largestSinglePut;
  const bytes = read(isSingle ? object.bytes : partSizeFor(object.bytes));
  const { digested, fault } = isSingle
    ? await writeAtOnce(target, object, bytes)
    : await writeInParts(target, object, bytes);
  // 412: something stands there. 409: another writer was faster. Anything else that failed may still have been written.
  const what = `PUT of s3://${target.bucket}/${object.key}`;
  const late = () => new CopyInterrupted(`${what}: the function's time is up`);
  const stored = await untilSignal(object.signal, () => target.head(object.key), late);
  if (stored && stored.bytes === digested.bytes && stored.crc32 === digested.crc32) return { ...digested, stored };
  const status = storeStatusOf(fault);
  if (stored && (status === 412 || status === 409 || fault === undefined)) {
    throw new TransferFailed(`${what}: other bytes stand there: both are kept, and nothing is overwritten or deleted`);
  }
  throw storeFault(fault ?? new Error("the object is not there after the write"), what);
}

/** What was tried, and how it failed, if it did. */
interface Attempt {
  readonly digested: DigestResult;
  readonly fault: unknown;
}

async function writeAtOnce(target: WriteTarget, object: NewObject, bytes: ObjectBytes): Promise<Attempt> {
  for await (const part of bytes.parts()) {
    try {
      const digested = checkedSize(await bytes.finish(), object);
      return { digested, fault: await settled(put(target, object, part, digested)) };
    } finally {
      part.release();
    }
  }
  throw new CopyInterrupted(`${object.key}: no bytes came`);
}

async function writeInParts(target: WriteTarget, object: NewObject, bytes: ObjectBytes): Promise<Attempt> {
  const upload = await uploadInParts(target, object, bytes.parts());
  try {
    const digested = checkedSize(await bytes.finish(), object);
    const fault = await settled(upload.complete(digested.crc32));
    if (fault) await upload.abort();
    return { digested, fault };
  } catch (error) {
    await upload.abort();
    throw error;
  }
}

/** @throws {CopyInterrupted} unless exactly the announced bytes came: the last look, whatever read them */
function checkedSize(digested: DigestResult, { key, bytes }: NewObject): DigestResult {
  if (digested.bytes === bytes) return digested;
  throw new CopyInterrupted(`${key}: ${digested.bytes} of the announced ${bytes} bytes came`);
}

async function put(
  { client, bucket }: WriteTarget,
  object: NewObject,
  part: Part,
  { sha256 }: DigestResult,
): Promise<void> {
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: object.key,
    Body: part.bytes,
    ContentType: object.contentType,
    IfNoneMatch: "*",
    ChecksumCRC32: formatCrc32(part.crc32),
    Metadata: { ...object.metadata, sha256 },
  });
  // The signature covers the body by a hash that is known already.
  await countedCall(object, (options) => client.send(withPayloadHash(command, sha256), options));
}

async function settled(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error ?? new Error("unknown fault");
  }
}
