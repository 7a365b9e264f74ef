import { rm } from "node:fs/promises";
import * as v from "valibot";
import type { Answer } from "./answer.ts";
import { xmlAnswer } from "./answer.ts";
import { ChecksumType, checksumHeader, readAlgorithm } from "./checksums.ts";
import { declareBody } from "./declared-body.ts";
import { checkKey } from "./key-rules.ts";
import type { OpenUpload, UploadRecord } from "./open-uploads.ts";
import { receiveBody } from "./receive-body.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";
import { header, wholeNumber } from "./s3-request.ts";
import type { StoreState } from "./store-state.ts";
import { headersToStore } from "./stored-headers.ts";
import { textElement } from "./xml.ts";

/** S3's highest part number. */
const HIGHEST_PART = 10_000;

/** CreateMultipartUpload. */
export async function createMultipartUpload(request: S3Request, { objects, uploads }: StoreState): Promise<Answer> {
  const { bucket, key } = request;
  checkKey(key);
  await objects.checkWritable(bucket, key, false);
  const checksum = uploadChecksum(request);
  const initiated = new Date().toISOString();
  const upload = await uploads.add({ bucket, key, initiated, headers: headersToStore(request), checksum });
  const children = [textElement("Bucket", bucket), textElement("Key", key), textElement("UploadId", upload.uploadId)];
  return xmlAnswer("InitiateMultipartUploadResult", children, {
    "x-amz-checksum-algorithm": checksum.declared ? checksum.algorithm : undefined,
    "x-amz-checksum-type": checksum.declared ? checksum.type : undefined,
  });
}

/**
 * The checksum that the whole object will have. S3's rules: SHA is composite only, CRC64NVME full-object only and the
 * one taken when none is asked for; the other two are composite unless full-object is asked for.
 */
function uploadChecksum(request: S3Request): UploadRecord["checksum"] {
  const name = header(request, "x-amz-checksum-algorithm");
  const asked = readChecksumType(request);
  const algorithm = name === undefined ? "CRC64NVME" : readAlgorithm(name);
  const only = algorithm === "CRC64NVME" ? "FULL_OBJECT" : algorithm.startsWith("SHA") ? "COMPOSITE" : undefined;
  if (only !== undefined && asked !== undefined && asked !== only) {
    throw new S3Error("InvalidRequest", `The ${asked} checksum type cannot be used with ${algorithm}.`);
  }
  return { algorithm, type: asked ?? only ?? "COMPOSITE", declared: name !== undefined };
}

/** The `x-amz-checksum-type` of a request. Throws S3Error `InvalidRequest` for a word that is none. */
export function readChecksumType(request: S3Request): ChecksumType | undefined {
  const type = header(request, "x-amz-checksum-type");
  if (type === undefined || v.is(ChecksumType, type)) return type;
  throw new S3Error("InvalidRequest", "Value for x-amz-checksum-type header is invalid.");
}

/** UploadPart: a part replaces an earlier one of its number once it has been received whole and verified. */
export async function uploadPart(request: S3Request, { uploads }: StoreState): Promise<Answer> {
  const upload = uploads.find(request.bucket, request.key, request.query.get("uploadId") ?? "");
  const partNumber = wholeNumber(request.query, "partNumber", 0, 1);
  if (partNumber < 1 || partNumber > HIGHEST_PART) {
    throw new S3Error("InvalidArgument", `partNumber must be from 1 to ${HIGHEST_PART}.`);
  }
  checkPartAlgorithm(request, upload);
  const path = uploads.temporaryPath();
  const { bytes, md5, checksum } = await receiveBody(request, path, upload.checksum.algorithm, false);
  const etag = `"${md5}"`;
  const lastModified = new Date().toISOString();
  try {
    await uploads.addPart(upload, path, { partNumber, bytes, etag, lastModified, checksum });
  } finally {
    await rm(path, { force: true });
  }
  return { status: 200, headers: { etag, [checksumHeader(checksum.algorithm)]: checksum.value } };
}

function checkPartAlgorithm(request: S3Request, upload: OpenUpload): void {
  const sent = declareBody(request).algorithm;
  const { algorithm, declared } = upload.checksum;
  if (!declared || sent === undefined || sent === algorithm) return;
  throw new S3Error(
    "InvalidRequest",
    `Checksum Type mismatch occurred, expected checksum Type: ${algorithm}, actual checksum Type: ${sent}.`,
  );
}

/** AbortMultipartUpload: removes the upload and its parts. */
export async function abortMultipartUpload(request: S3Request, { uploads }: StoreState): Promise<Answer> {
  const upload = uploads.find(request.bucket, request.key, request.query.get("uploadId") ?? "");
  await uploads.whileOpen(upload, () => uploads.remove(upload));
  return { status: 204 };
}
