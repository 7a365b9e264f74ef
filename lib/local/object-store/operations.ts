import { createBucket, getBucketLocation, headBucket, listBuckets } from "./buckets.ts";
import { completeMultipartUpload } from "./complete-upload.ts";
import { listObjectsV2 } from "./list-objects.ts";
import { listMultipartUploads, listParts } from "./list-uploads.ts";
import { abortMultipartUpload, createMultipartUpload, uploadPart } from "./multipart.ts";
import { getObject, headObject } from "./read-object.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";
import { header } from "./s3-request.ts";
import type { Operation } from "./store-state.ts";
import { deleteObject, putObject } from "./write-object.ts";

/** Which requests an operation answers. */
interface Route {
  readonly method: string;
  /** What the path names. */
  readonly on: "service" | "bucket" | "object";
  /** Query parameters that must all be there. */
  readonly needs: readonly string[];
  /** Query parameters that may be there. */
  readonly takes: readonly string[];
  readonly run: Operation;
}

function route(method: string, on: Route["on"], needs: string, takes: string, run: Operation): Route {
  const words = (text: string): readonly string[] => text.split(" ").filter((word) => word !== "");
  return { method, on, needs: words(needs), takes: words(takes), run };
}

const LIST_OBJECTS =
  "prefix delimiter max-keys start-after continuation-token encoding-type fetch-owner optional-object-attributes";
const LIST_UPLOADS = "prefix max-uploads key-marker upload-id-marker encoding-type";

/** Every operation. A request belongs to the first route whose needs it meets, so those with needs stand first. */
const ROUTES: readonly Route[] = [
  route("GET", "service", "", "", listBuckets),
  route("PUT", "bucket", "", "", createBucket),
  route("HEAD", "bucket", "", "", headBucket),
  route("GET", "bucket", "list-type", LIST_OBJECTS, listObjectsV2),
  route("GET", "bucket", "uploads", LIST_UPLOADS, listMultipartUploads),
  route("GET", "bucket", "location", "", getBucketLocation),
  route("PUT", "object", "uploadId partNumber", "", uploadPart),
  route("PUT", "object", "", "", putObject),
  route("GET", "object", "uploadId", "part-number-marker max-parts encoding-type", listParts),
  route("GET", "object", "", "versionId", getObject),
  route("HEAD", "object", "", "versionId", headObject),
  route("POST", "object", "uploads", "", createMultipartUpload),
  route("POST", "object", "uploadId", "", completeMultipartUpload),
  route("DELETE", "object", "uploadId", "", abortMultipartUpload),
  route("DELETE", "object", "", "", deleteObject),
];

/** Headers that ask a write for what is not done here; to ignore one would be to store something else. */
const UNKNOWN_TO_WRITES = [
  "x-amz-copy-source",
  "x-amz-tagging",
  "x-amz-write-offset-bytes",
  "x-amz-object-lock-mode",
  "x-amz-object-lock-legal-hold",
  "if-match",
];

/**
 * The operation that a request asks for. Throws S3Error `NotImplemented`, naming the query parameter or header that
 * is not known: a PutObjectTagging must never pass as a PutObject. Throws `MethodNotAllowed` for other methods.
 */
export function operationOf(request: S3Request): Operation {
  const on = request.bucket === "" ? "service" : request.key === "" ? "bucket" : "object";
  const routes = ROUTES.filter((one) => one.method === request.method && one.on === on);
  if (routes.length === 0) {
    throw new S3Error("MethodNotAllowed", `This store does not answer ${request.method} on a ${on}.`);
  }
  const found = routes.find((one) => one.needs.every((name) => request.query.has(name)));
  if (found === undefined) {
    const needs = routes.map((one) => one.needs.join("&")).join(", ");
    throw new S3Error("NotImplemented", `${request.method} on a ${on} needs one of these in its query: ${needs}.`);
  }
  const known = [...found.needs, ...found.takes, "x-id"];
  const unknown = [...request.query.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw notImplemented(`query "${unknown}"`);
  const refused = UNKNOWN_TO_WRITES.find((name) => header(request, name) !== undefined);
  if (refused !== undefined && !["GET", "HEAD"].includes(request.method)) throw notImplemented(`header ${refused}`);
  return found.run;
}

function notImplemented(what: string): S3Error {
  return new S3Error("NotImplemented", `This store does not carry out requests with the ${what}.`);
}
