import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import type { Answer } from "./answer.ts";
import { checkKey } from "./key-rules.ts";
import { receiveBody } from "./receive-body.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";
import { header } from "./s3-request.ts";
import type { StoreState } from "./store-state.ts";
import { checksumHeaders, headersToStore } from "./stored-headers.ts";
import type { Write } from "./written-object.ts";

/** PutObject: the body is received beside the objects, verified, and only then becomes one. */
export async function putObject(request: S3Request, { objects, uploads }: StoreState): Promise<Answer> {
  const { bucket, key } = request;
  checkKey(key);
  const write = writeOf(request, "PutObject");
  await objects.checkWritable(bucket, key, write.onlyNew);
  const path = uploads.temporaryPath();
  // CRC64NVME is what S3 itself adds when the client sends no checksum.
  const received = await receiveBody(request, path, "CRC64NVME", true);
  try {
    const record = {
      key,
      bytes: received.bytes,
      etag: `"${received.md5}"`,
      ...newVersion(),
      headers: headersToStore(request),
      checksum: { ...received.checksum, type: "FULL_OBJECT" as const },
    };
    await objects.commit(bucket, record, path, write);
    const headers = { etag: record.etag, "x-amz-version-id": record.versionId, ...checksumHeaders(record) };
    return { status: 200, headers };
  } finally {
    await rm(path, { force: true });
  }
}

/** DeleteObject: removes the file; an object that is not there is no error. */
export async function deleteObject(request: S3Request, { objects }: StoreState): Promise<Answer> {
  await objects.remove(request.bucket, request.key);
  return { status: 204 };
}

/** The id and time of a version that is about to be written. */
export function newVersion(): { readonly versionId: string; readonly lastModified: string } {
  return { versionId: randomUUID().replaceAll("-", ""), lastModified: new Date().toISOString() };
}

/** How a request asks for its write. Throws S3Error `NotImplemented` for a condition that S3 does not take either. */
export function writeOf(request: S3Request, reason: Write["reason"]): Write {
  const { requestId, sourceAddress } = request;
  return { onlyNew: asksForNew(request), reason, requestId, sourceAddress };
}

/** Whether a write asks, by `If-None-Match: *`, that the key be new. */
function asksForNew(request: S3Request): boolean {
  const condition = header(request, "if-none-match");
  if (condition === undefined || condition === "*") return condition === "*";
  throw new S3Error("NotImplemented", "If-None-Match on a write takes only *.");
}
