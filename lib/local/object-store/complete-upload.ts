import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { Answer } from "./answer.ts";
import { xmlAnswer } from "./answer.ts";
import { checksumElement, compositeChecksum, startChecksum } from "./checksums.ts";
import { checksumInHeaders } from "./declared-body.ts";
import { readChecksumType } from "./multipart.ts";
import type { ObjectRecord } from "./object-record.ts";
import type { OpenUpload, OpenUploads, PartRecord } from "./open-uploads.ts";
import { chooseParts, readPartList } from "./part-list.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";
import { header, readXml } from "./s3-request.ts";
import type { StoreState } from "./store-state.ts";
import { newVersion, writeOf } from "./write-object.ts";
import { textElement } from "./xml.ts";

/**
 * CompleteMultipartUpload: checks the list of parts, joins them beside the objects, compares the checksum of what was
 * joined with the one the client sent, and only then makes it the object. A refused upload stays open.
 */
export async function completeMultipartUpload(request: S3Request, state: StoreState): Promise<Answer> {
  const upload = state.uploads.find(request.bucket, request.key, request.query.get("uploadId") ?? "");
  const listed = readPartList(await readXml(request));
  const record = await state.uploads.whileOpen(upload, async () => {
    const parts = chooseParts(upload, listed);
    return await complete(request, state, upload, parts);
  });
  const children = [
    textElement("Location", `http://${header(request, "host") ?? ""}/${request.bucket}/${encodeURI(request.key)}`),
    textElement("Bucket", request.bucket),
    textElement("Key", request.key),
    textElement("ETag", record.etag),
    textElement(checksumElement(record.checksum.algorithm), record.checksum.value),
    textElement("ChecksumType", record.checksum.type),
  ];
  return xmlAnswer("CompleteMultipartUploadResult", children, { "x-amz-version-id": record.versionId });
}

async function complete(
  request: S3Request,
  { objects, uploads }: StoreState,
  upload: OpenUpload,
  parts: readonly PartRecord[],
): Promise<ObjectRecord> {
  const write = writeOf(request, "CompleteMultipartUpload");
  checkDeclared(request, upload, parts);
  await objects.checkWritable(upload.bucket, upload.key, write.onlyNew);
  const path = uploads.temporaryPath();
  try {
    const checksum = await join(uploads, upload, parts, path);
    compareChecksum(request, checksum);
    const record = {
      key: upload.key,
      bytes: totalBytes(parts),
      etag: multipartEtag(parts),
      ...newVersion(),
      headers: upload.headers,
      checksum,
    };
    await objects.commit(upload.bucket, record, path, write);
    await uploads.remove(upload);
    return record;
  } finally {
    await rm(path, { force: true });
  }
}

function checkDeclared(request: S3Request, upload: OpenUpload, parts: readonly PartRecord[]): void {
  const size = header(request, "x-amz-mp-object-size");
  if (size !== undefined && size !== String(totalBytes(parts))) {
    throw new S3Error(
      "InvalidRequest",
      `x-amz-mp-object-size is ${size}, but the parts hold ${totalBytes(parts)} bytes.`,
    );
  }
  const { type, algorithm } = upload.checksum;
  const askedType = readChecksumType(request);
  if (askedType !== undefined && askedType !== type) {
    throw new S3Error("InvalidRequest", `The upload was created using the ${type} checksum mode; complete it so.`);
  }
  const sent = checksumInHeaders(request)?.algorithm;
  if (sent !== undefined && sent !== algorithm) {
    throw new S3Error("InvalidRequest", `The upload was created with ${algorithm}, not ${sent}.`);
  }
}

/** Writes the parts into one file at `path`, and returns the object's checksum over what was written. */
async function join(
  uploads: OpenUploads,
  upload: OpenUpload,
  parts: readonly PartRecord[],
  path: string,
): Promise<ObjectRecord["checksum"]> {
  const { algorithm, type } = upload.checksum;
  const whole = startChecksum(algorithm);
  async function* bytes(): AsyncGenerator<Buffer> {
    for (const part of parts) {
      for await (const chunk of createReadStream(uploads.pathOf(upload, part)) as AsyncIterable<Buffer>) {
        if (type === "FULL_OBJECT") whole.update(chunk);
        yield chunk;
      }
    }
  }
  await pipeline(bytes(), createWriteStream(path, { flush: true }));
  if (type === "FULL_OBJECT") return { algorithm, type, value: await whole.digest() };
  const checksums = parts.map((part) => part.checksum.value);
  return { algorithm, type, value: await compositeChecksum(algorithm, checksums) };
}

function compareChecksum(request: S3Request, checksum: ObjectRecord["checksum"]): void {
  const sent = checksumInHeaders(request)?.value;
  if (sent === undefined || sent === checksum.value) return;
  throw new S3Error("BadDigest", `The ${checksum.algorithm} you specified did not match the calculated checksum.`);
}

function totalBytes(parts: readonly PartRecord[]): number {
  return parts.reduce((sum, part) => sum + part.bytes, 0);
}

/** S3's ETag of a multipart object: the MD5 of the parts' MD5s, and their number. */
function multipartEtag(parts: readonly PartRecord[]): string {
  const md5 = createHash("md5");
  for (const part of parts) md5.update(part.etag.replaceAll('"', ""), "hex");
  return `"${md5.digest("hex")}-${parts.length}"`;
}
