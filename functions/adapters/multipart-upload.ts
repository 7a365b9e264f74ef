import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
} from "@aws-sdk/client-s3";
import { CopyInterrupted } from "../domain/errors.ts";
import { inTime } from "./answer-in-time.ts";
import { atRequest } from "./command-request.ts";
import { countedCall } from "./counted-call.ts";
import type { NewObject, WriteTarget } from "./object-writer.ts";
import { abortUpload } from "./open-uploads.ts";
import type { Part } from "./part-assembly.ts";
import { createPartSender, type SendPart, type StartedUpload } from "./part-sender.ts";
import { abortStaleUploads } from "./stale-uploads.ts";
import { storeFault } from "./store-fault.ts";
import { untilSignal } from "./until-signal.ts";

/** Smallest part, in bytes: 8 MiB. S3 asks for at least 5 MiB. */
const smallestPart = 8 * 1_024 ** 2;

/** Most parts of an upload (S3 quotas). */
const mostParts = 10_000;

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
 * Sends the parts of a multipart upload: as many at once as there are buffers, while the next ones fill. On any failure the
 * upload is aborted before the error is passed on.
 * @throws {StoreUnavailable | TransferFailed} for S3, and whatever the parts throw
 */
export async function uploadInParts(
  target: WriteTarget,
  object: NewObject,
  parts: AsyncIterable<Part>,
): Promise<PendingUpload> {
  const { client, bucket } = target;
  const place = { Bucket: bucket, Key: object.key };
  const late = () => new CopyInterrupted(`${object.key}: the function's time is up`);
  await untilSignal(object.signal, () => abortStaleUploads(target, object.key), late);
  const started = await createUpload(target, object);
  const upload = { ...place, UploadId: started.uploadId };
  const abort = async () => {
    await inTime(client.send(new AbortMultipartUploadCommand(upload)), longestAbort, late()).catch(() => undefined);
  };
  try {
    const sent = await sendParts(target, object, createPartSender(target, object, started), parts);
    const complete = async (crc32: string) => {
      const command = new CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload: { Parts: sent },
        ChecksumCRC32: crc32,
        ChecksumType: "FULL_OBJECT",
        MpuObjectSize: object.bytes,
        IfNoneMatch: "*",
      });
      await countedCall(object, (options) => client.send(command, options));
    };
    return { complete, abort };
  } catch (error) {
    await abort();
    throw error;
  }
}

/** Milliseconds that an abort may take, also of an upload whose start was on its way when the signal fired. */
const longestAbort = 5_000;

/** Starts an upload. One that is started too late for the signal is aborted: its id is waited for, or it would stay open. */
async function createUpload(target: WriteTarget, object: NewObject): Promise<StartedUpload> {
  const starting = startUpload(target, object);
  const late = () => new CopyInterrupted(`${object.key}: the function's time is up`);
  try {
    return await untilSignal(object.signal, () => starting, late);
  } catch (error) {
    const aborted = starting.then(({ uploadId }) => abortUpload(target, { key: object.key, uploadId }));
    await inTime(aborted, longestAbort, late()).catch(() => undefined);
    throw error;
  }
}

async function startUpload({ client, bucket }: WriteTarget, object: NewObject): Promise<StartedUpload> {
  const what = `starting an upload to s3://${bucket}/${object.key}`;
  const command = new CreateMultipartUploadCommand({
    Bucket: bucket,
    Key: object.key,
    ContentType: object.contentType,
    Metadata: { ...object.metadata },
    ChecksumAlgorithm: "CRC32",
    ChecksumType: "FULL_OBJECT",
  });
  let place: StartedUpload["place"] | undefined;
  atRequest(command, "notedPlace", (request) => {
    place = request;
  });
  try {
    const { UploadId } = await countedCall(object, () => client.send(command));
    if (UploadId && place) return { uploadId: UploadId, place };
  } catch (error) {
    throw storeFault(error, what);
  }
  throw storeFault(new Error("S3 gave no upload id"), what);
}

async function sendParts(
  target: WriteTarget,
  object: NewObject,
  sendPart: SendPart,
  parts: AsyncIterable<Part>,
): Promise<CompletedPart[]> {
  const sent: CompletedPart[] = [];
  const inFlight = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const send = async (part: Part) => {
    try {
      sent[part.number - 1] = await sendPart(part);
    } catch (error) {
      failure ??= { error: storeFault(error, `part ${part.number} of s3://${target.bucket}/${object.key}`) };
    } finally {
      part.release();
    }
  };
  try {
    for await (const part of parts) {
      if (failure) {
        part.release();
        break;
      }
      const sending = send(part).finally(() => inFlight.delete(sending));
      inFlight.add(sending);
    }
  } finally {
    // Also after an error: an abort that overtakes a part leaves that part behind, and it is paid for.
    await Promise.all(inFlight);
  }
  if (failure) throw failure.error;
  return sent;
}
