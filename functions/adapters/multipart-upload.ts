import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { crc32Of } from "./digest.ts";
import type { NewObject, WriteTarget } from "./object-writer.ts";
import { abortStaleUploads } from "./stale-uploads.ts";
import { storeFault } from "./store-fault.ts";

/** Smallest part, in bytes: 8 MiB. S3 asks for at least 5 MiB. */
const smallestPart = 8 * 1_024 ** 2;

/** Most parts of an upload (S3 quotas). */
const mostParts = 10_000;

/** Parts on their way at once. With the one being filled, 5 × 8 MiB = 40 MiB are held. */
const partsInFlight = 4;

/** Size of each part but the last, in bytes: 8 MiB, more (whole MiB) where 10,000 parts of 8 MiB (78 GiB) would not do. */
export function partSizeFor(bytes: number): number {
  const mebibyte = 1_024 ** 2;
  return Math.max(smallestPart, Math.ceil(bytes / mostParts / mebibyte) * mebibyte);
}

/** An upload whose parts are all in S3; nothing stands under the key until it is completed. */
export interface PendingUpload {
  /** Makes the object stand, if nothing stands there, with this full-object CRC32 (base64) and the announced size. */
  complete(crc32: string): Promise<void>;
  /** Gives the upload up. Never throws: what cannot be aborted, the bucket's lifecycle rule ends after a day. */
  abort(): Promise<void>;
}

/**
 * Sends all chunks as the parts of a multipart upload: parts go out in parallel while the next one fills. On any failure
 * the upload is aborted before the error is passed on.
 * @throws {StoreUnavailable | TransferFailed} for S3, and whatever the chunks throw
 */
export async function uploadInParts(
  target: WriteTarget,
  object: NewObject,
  chunks: AsyncIterable<Uint8Array>,
): Promise<PendingUpload> {
  const { client, bucket } = target;
  const place = { Bucket: bucket, Key: object.key };
  await abortStaleUploads(target, object.key);
  const uploadId = await createUpload(target, object);
  const upload = { ...place, UploadId: uploadId };
  const abort = async () => {
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
  };
  try {
    const parts = await sendParts(target, object, uploadId, chunks);
    const complete = async (crc32: string) => {
      const command = new CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload: { Parts: parts },
        ChecksumCRC32: crc32,
        ChecksumType: "FULL_OBJECT",
        MpuObjectSize: object.bytes,
        IfNoneMatch: "*",
      });
      await client.send(command, { abortSignal: object.signal });
    };
    return { complete, abort };
  } catch (error) {
    await abort();
    throw error;
  }
}

async function createUpload({ client, bucket }: WriteTarget, object: NewObject): Promise<string> {
  const what = `starting an upload to s3://${bucket}/${object.key}`;
  const command = new CreateMultipartUploadCommand({
    Bucket: bucket,
    Key: object.key,
    ContentType: object.contentType,
    Metadata: { ...object.metadata },
    ChecksumAlgorithm: "CRC32",
    ChecksumType: "FULL_OBJECT",
  });
  try {
    const { UploadId } = await client.send(command, { abortSignal: object.signal });
    if (UploadId) return UploadId;
  } catch (error) {
    throw storeFault(error, what);
  }
  throw storeFault(new Error("S3 gave no upload id"), what);
}

async function sendParts(
  { client, bucket }: WriteTarget,
  object: NewObject,
  uploadId: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<CompletedPart[]> {
  const parts: CompletedPart[] = [];
  const inFlight = new Set<Promise<void>>();
  const free: Buffer[] = [];
  let failure: { readonly error: unknown } | undefined;

  const send = async (partNumber: number, buffer: Buffer, bytes: number) => {
    const body = buffer.subarray(0, bytes);
    const checksum = crc32Of(body);
    const command = new UploadPartCommand({
      Bucket: bucket,
      Key: object.key,
      UploadId: uploadId,
      PartNumber: partNumber,
      Body: body,
      ContentLength: bytes,
      ChecksumCRC32: checksum,
    });
    try {
      const { ETag } = await client.send(command, { abortSignal: object.signal });
      parts[partNumber - 1] = { PartNumber: partNumber, ETag, ChecksumCRC32: checksum };
    } catch (error) {
      failure ??= { error: storeFault(error, `part ${partNumber} of s3://${bucket}/${object.key}`) };
    } finally {
      free.push(buffer);
    }
  };

  let partNumber = 0;
  try {
    for await (const { buffer, bytes } of inPieces(chunks, partSizeFor(object.bytes), free)) {
      while (inFlight.size >= partsInFlight) await Promise.race(inFlight);
      if (failure) break;
      partNumber += 1;
      const sending = send(partNumber, buffer, bytes).finally(() => inFlight.delete(sending));
      inFlight.add(sending);
    }
  } finally {
    // Also after an error: an abort that overtakes a part leaves that part behind, and it is paid for.
    await Promise.all(inFlight);
  }
  if (failure) throw failure.error;
  return parts;
}

/** Gathers chunks in buffers of one size, taken from and given back to a pool; the last one may be filled in part. */
async function* inPieces(
  chunks: AsyncIterable<Uint8Array>,
  size: number,
  free: Buffer[],
): AsyncGenerator<{ readonly buffer: Buffer; readonly bytes: number }> {
  let buffer: Buffer | undefined;
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      buffer ??= free.pop() ?? Buffer.allocUnsafeSlow(size);
      const taken = Math.min(size - filled, chunk.length - at);
      buffer.set(chunk.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled < size) continue;
      yield { buffer, bytes: filled };
      buffer = undefined;
      filled = 0;
    }
  }
  if (buffer) yield { buffer, bytes: filled };
}
