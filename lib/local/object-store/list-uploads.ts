import type { Answer } from "./answer.ts";
import { xmlAnswer } from "./answer.ts";
import { checksumElement } from "./checksums.ts";
import type { OpenUpload } from "./open-uploads.ts";
import { compareKeys, firstPage, keyWriter } from "./pages.ts";
import type { S3Request } from "./s3-request.ts";
import { wholeNumber } from "./s3-request.ts";
import type { StoreState } from "./store-state.ts";
import { element, textElement } from "./xml.ts";

/** ListMultipartUploads, with prefix and pages; by key, and by time of opening within a key. */
export async function listMultipartUploads({ bucket, query }: S3Request, state: StoreState): Promise<Answer> {
  // Refuses a bucket that does not exist.
  state.objects.records(bucket);
  const prefix = query.get("prefix") ?? "";
  const uploads = [...state.uploads.all()]
    .filter((upload) => upload.bucket === bucket && upload.key.startsWith(prefix))
    .sort(compareUploads);
  const page = firstPage(afterMarkers(uploads, query), query, "max-uploads");
  const last = page.truncated ? page.items.at(-1) : undefined;
  const write = keyWriter(query);
  return xmlAnswer("ListMultipartUploadsResult", [
    textElement("Bucket", bucket),
    textElement("KeyMarker", query.get("key-marker") ?? ""),
    textElement("UploadIdMarker", query.get("upload-id-marker") ?? ""),
    textElement("NextKeyMarker", last && write(last.key)),
    textElement("NextUploadIdMarker", last?.uploadId),
    textElement("Prefix", write(prefix)),
    textElement("EncodingType", query.get("encoding-type") ?? undefined),
    textElement("MaxUploads", page.limit),
    textElement("IsTruncated", page.truncated),
    ...page.items.map((upload) => uploadXml(upload, write)),
  ]);
}

function compareUploads(a: OpenUpload, b: OpenUpload): number {
  return compareKeys(a.key, b.key) || compareKeys(a.initiated, b.initiated);
}

/** S3's markers: keys after the key marker, and with an upload marker also the later uploads of that key itself. */
function afterMarkers(uploads: readonly OpenUpload[], query: URLSearchParams): readonly OpenUpload[] {
  const key = query.get("key-marker") ?? "";
  const uploadId = query.get("upload-id-marker") ?? "";
  if (key === "") return uploads;
  const marked = uploads.findIndex((upload) => upload.key === key && upload.uploadId === uploadId);
  if (marked >= 0) return uploads.slice(marked + 1);
  return uploads.filter((upload) => compareKeys(upload.key, key) > 0);
}

function uploadXml(upload: OpenUpload, write: (key: string) => string): string {
  const { algorithm, type } = upload.checksum;
  return element(
    "Upload",
    textElement("UploadId", upload.uploadId),
    textElement("Key", write(upload.key)),
    textElement("Initiated", upload.initiated),
    textElement("StorageClass", "STANDARD"),
    textElement("ChecksumAlgorithm", algorithm),
    textElement("ChecksumType", type),
  );
}

/** ListParts of an open upload, by number, with pages. */
export async function listParts({ bucket, key, query }: S3Request, { uploads }: StoreState): Promise<Answer> {
  const upload = uploads.find(bucket, key, query.get("uploadId") ?? "");
  const marker = wholeNumber(query, "part-number-marker", 0);
  const parts = [...upload.parts.values()]
    .filter(({ partNumber }) => partNumber > marker)
    .sort((a, b) => a.partNumber - b.partNumber);
  const page = firstPage(parts, query, "max-parts");
  return xmlAnswer("ListPartsResult", [
    textElement("Bucket", bucket),
    textElement("Key", keyWriter(query)(key)),
    textElement("UploadId", upload.uploadId),
    textElement("PartNumberMarker", marker),
    textElement("NextPartNumberMarker", page.truncated ? page.items.at(-1)?.partNumber : undefined),
    textElement("MaxParts", page.limit),
    textElement("IsTruncated", page.truncated),
    textElement("ChecksumAlgorithm", upload.checksum.algorithm),
    textElement("ChecksumType", upload.checksum.type),
    ...page.items.map((part) =>
      element(
        "Part",
        textElement("PartNumber", part.partNumber),
        textElement("LastModified", part.lastModified),
        textElement("ETag", part.etag),
        textElement("Size", part.bytes),
        textElement(checksumElement(part.checksum.algorithm), part.checksum.value),
      ),
    ),
  ]);
}
