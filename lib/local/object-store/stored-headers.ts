import type { Answer } from "./answer.ts";
import { checksumHeader } from "./checksums.ts";
import type { ObjectRecord } from "./object-record.ts";
import type { S3Request } from "./s3-request.ts";
import { header } from "./s3-request.ts";

/** The headers that S3 keeps with an object and gives back, beside `x-amz-meta-*`. */
const KEPT = ["cache-control", "content-disposition", "content-language", "expires"];

/** The headers of a write that belong to the object. The content type is `binary/octet-stream` when none was sent. */
export function headersToStore(request: S3Request): Record<string, string> {
  const stored: Record<string, string> = { "content-type": header(request, "content-type") ?? "binary/octet-stream" };
  for (const name of Object.keys(request.headers)) {
    const value = header(request, name);
    if (value !== undefined && (KEPT.includes(name) || name.startsWith("x-amz-meta-"))) stored[name] = value;
  }
  const encoding = contentEncoding(request);
  return encoding === "" ? stored : { ...stored, "content-encoding": encoding };
}

/** The content encoding without `aws-chunked`, which is S3's framing of the request and no property of the object. */
function contentEncoding(request: S3Request): string {
  const encodings = (header(request, "content-encoding") ?? "").split(",").map((encoding) => encoding.trim());
  return encodings.filter((encoding) => encoding !== "" && encoding !== "aws-chunked").join(", ");
}

/** The headers that describe an object in the answer to a read. */
export function headersOfRecord(record: ObjectRecord): NonNullable<Answer["headers"]> {
  return {
    ...record.headers,
    etag: record.etag,
    "last-modified": new Date(record.lastModified).toUTCString(),
    "x-amz-version-id": record.versionId,
    "accept-ranges": "bytes",
  };
}

/** The headers that carry an object's checksum, and whether it covers the bytes or the parts. */
export function checksumHeaders({ checksum }: Pick<ObjectRecord, "checksum">): Record<string, string> {
  return { [checksumHeader(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type };
}
