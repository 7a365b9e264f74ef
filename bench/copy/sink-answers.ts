/** What the discarding S3 answers: the operations that ours, lib-storage, rclone 1.60 and aws-cli 1.45 ask for. */
import type { IncomingHttpHeaders } from "node:http";
import { type Answer, errorAnswer, xmlAnswer } from "../../lib/local/object-store/answer.ts";
import { element, textElement } from "../../lib/local/object-store/xml.ts";
import type { ReceivedBody } from "./sink-body.ts";
import { type DiscardedObject, headerOf, keptHeaders, objects, uploads } from "./sink-objects.ts";

/** One request to the discarding S3, path-style, its body read. */
export interface SinkRequest {
  /** HTTP method. */
  readonly method: string;
  /** `/bucket/key`, or `/bucket`, decoded. */
  readonly path: string;
  /** Its query. */
  readonly query: URLSearchParams;
  /** Its headers. */
  readonly headers: IncomingHttpHeaders;
  /** What came. */
  readonly body: ReceivedBody;
}

/** The ETag of everything: what is thrown away has no better one. */
const etag = '"discarded"';

let uploadsBegun = 0;

/** Answers one request. */
export function answer(request: SinkRequest): Answer {
  const isUpload = request.query.has("uploadId");
  switch (request.method) {
    case "PUT":
      return isUpload ? putPart(request) : putObject(request);
    case "POST":
      return isUpload ? completeUpload(request) : createUpload(request);
    case "DELETE":
      if (isUpload) uploads.delete(request.query.get("uploadId") ?? "");
      return { status: 204 };
    case "HEAD":
      return headObject(request);
    default:
      return get(request);
  }
}

function putObject({ path, headers, body }: SinkRequest): Answer {
  const { text, ...part } = body;
  const { bytes, claimed } = body;
  const object = { bytes, claimedBytes: null, claimed, parts: [part], headers: keptHeaders(headers), text };
  return store(path, headers, object) ?? { status: 200, headers: { etag, ...checksumHeaders(claimed) } };
}

function putPart({ path, query, body }: SinkRequest): Answer {
  const upload = uploads.get(query.get("uploadId") ?? "");
  if (!upload) return refusal(path, 404, "NoSuchUpload");
  const { bytes, claimed, computed } = body;
  const number = Number(query.get("partNumber"));
  upload.parts.set(number, { bytes, claimed, computed });
  return { status: 200, headers: { etag: `"part-${number}"`, ...checksumHeaders(claimed) } };
}

function createUpload({ path, headers }: SinkRequest): Answer {
  uploadsBegun += 1;
  const id = `upload-${uploadsBegun}`;
  uploads.set(id, { path, headers: keptHeaders(headers), parts: new Map(), initiated: new Date().toISOString() });
  const { bucket, key } = placeOf(path);
  const children = [textElement("Bucket", bucket), textElement("Key", key), textElement("UploadId", id)];
  return xmlAnswer("InitiateMultipartUploadResult", children);
}

function completeUpload({ path, query, headers }: SinkRequest): Answer {
  const id = query.get("uploadId") ?? "";
  const upload = uploads.get(id);
  if (!upload) return refusal(path, 404, "NoSuchUpload");
  const parts = [...upload.parts].toSorted(([one], [other]) => one - other).map(([, part]) => part);
  const size = headerOf(headers, "x-amz-mp-object-size");
  const refused = store(path, headers, {
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    claimedBytes: size === null ? null : Number(size),
    claimed: headerOf(headers, "x-amz-checksum-crc32"),
    parts,
    headers: upload.headers,
    text: null,
  });
  if (refused) return refused;
  uploads.delete(id);
  return xmlAnswer("CompleteMultipartUploadResult", [textElement("ETag", etag)]);
}

/** Lets the object stand; refuses where something stands and `If-None-Match: *` says that nothing may. */
function store(path: string, headers: IncomingHttpHeaders, object: DiscardedObject): Answer | undefined {
  if (headers["if-none-match"] === "*" && objects.has(path)) return refusal(path, 412, "PreconditionFailed");
  objects.set(path, object);
  return undefined;
}

/** As claimed and as it came: the claimed checksum beside the number of bytes that really arrived. */
function headObject({ path }: SinkRequest): Answer {
  const object = objects.get(path);
  if (!object) return { status: 404 };
  const { headers, claimed, bytes } = object;
  const facts = { etag, "last-modified": new Date().toUTCString(), "content-length": String(bytes) };
  return { status: 200, headers: { ...headers, ...checksumHeaders(claimed), ...facts } };
}

function get({ path, query }: SinkRequest): Answer {
  if (query.has("uploads")) return listUploads(path, query.get("prefix") ?? "");
  if (query.has("list-type")) return xmlAnswer("ListBucketResult", [textElement("KeyCount", 0)]);
  const text = objects.get(path)?.text;
  if (typeof text !== "string") return refusal(path, 404, "NoSuchKey");
  return { status: 200, headers: { "content-type": "application/json" }, body: text };
}

function listUploads(bucketPath: string, prefix: string): Answer {
  const listed = [...uploads].flatMap(([id, { path, initiated }]) => {
    const { bucket, key } = placeOf(path);
    if (`/${bucket}` !== bucketPath.replace(/\/$/, "") || !key.startsWith(prefix)) return [];
    const children = [textElement("Key", key), textElement("UploadId", id), textElement("Initiated", initiated)];
    return element("Upload", ...children);
  });
  return xmlAnswer("ListMultipartUploadsResult", [textElement("IsTruncated", false), ...listed]);
}

function placeOf(path: string): { readonly bucket: string; readonly key: string } {
  const end = path.indexOf("/", 1);
  return { bucket: path.slice(1, end), key: path.slice(end + 1) };
}

function checksumHeaders(crc32: string | null): Record<string, string> {
  return crc32 === null ? {} : { "x-amz-checksum-crc32": crc32, "x-amz-checksum-type": "FULL_OBJECT" };
}

function refusal(path: string, status: number, code: string): Answer {
  return errorAnswer({ status, code, message: code }, path);
}
