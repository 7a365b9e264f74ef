import type { FileHandle } from "node:fs/promises";
import type { Answer } from "./answer.ts";
import type { ObjectRecord } from "./object-record.ts";
import { isUnchanged, readRange } from "./read-conditions.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";
import { header } from "./s3-request.ts";
import type { StoreState } from "./store-state.ts";
import { checksumHeaders, headersOfRecord } from "./stored-headers.ts";

/** HeadObject: answers what was recorded when the object was written; the file is not read. */
export async function headObject(request: S3Request, { objects }: StoreState): Promise<Answer> {
  const record = await objects.find(request.bucket, request.key);
  if (record === undefined) throw new S3Error("NoSuchKey", "The specified key does not exist.");
  checkVersion(request, record);
  if (isUnchanged(request, record)) return notModified(record);
  const headers = { ...headersOfRecord(record), ...askedChecksum(request, record) };
  return { status: 200, headers: { ...headers, "content-length": String(record.bytes) } };
}

/** GetObject, whole or one range: the bytes are read from the file each time, as they are now. */
export async function getObject(request: S3Request, { objects }: StoreState): Promise<Answer> {
  const { record, file } = await objects.open(request.bucket, request.key);
  try {
    checkVersion(request, record);
    const answer = isUnchanged(request, record) ? notModified(record) : await bytesAnswer(request, record, file);
    // A stream closes its file when it ends or is destroyed; without one it is closed here.
    if (answer.body === undefined) await file.close();
    return answer;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function bytesAnswer(request: S3Request, record: ObjectRecord, file: FileHandle): Promise<Answer> {
  // The size of the file, not the recorded one: a file that was cut short must show as such and not hang the reader.
  const { size } = await file.stat();
  const range = readRange(header(request, "range"), size);
  const headers = headersOfRecord(record);
  if (range === undefined) {
    const all = { ...headers, ...askedChecksum(request, record), "content-length": String(size) };
    return { status: 200, headers: all, body: file.createReadStream() };
  }
  const { first, last } = range;
  const contentRange = {
    "content-range": `bytes ${first}-${last}/${size}`,
    "content-length": String(last - first + 1),
  };
  const body = file.createReadStream({ start: first, end: last });
  return { status: 206, headers: { ...headers, ...contentRange }, body };
}

function notModified(record: ObjectRecord): Answer {
  return { status: 304, headers: { etag: record.etag, "x-amz-version-id": record.versionId } };
}

function askedChecksum(request: S3Request, record: ObjectRecord): Record<string, string> {
  return header(request, "x-amz-checksum-mode")?.toUpperCase() === "ENABLED" ? checksumHeaders(record) : {};
}

/** Only the newest version of an object is kept. */
function checkVersion(request: S3Request, record: ObjectRecord): void {
  const versionId = request.query.get("versionId");
  if (versionId === null || versionId === record.versionId) return;
  throw new S3Error("NoSuchVersion", "The specified version does not exist: this store keeps only the newest.");
}
