/** Hooks for the object store that let single operations go wrong. */
import type { Fault, FaultRequest } from "../../lib/local/object-store/object-store.ts";

/** Operations of S3 that a transfer uses. */
export type StoreOperation =
  | "PutObject"
  | "GetObject"
  | "HeadObject"
  | "CreateMultipartUpload"
  | "UploadPart"
  | "CompleteMultipartUpload"
  | "AbortMultipartUpload"
  | "ListMultipartUploads";

/** Which of them a request is; undefined for any other. */
export function storeOperationOf({ method, key, query }: FaultRequest): StoreOperation | undefined {
  if (key === "") return method === "GET" && query.has("uploads") ? "ListMultipartUploads" : undefined;
  if (method === "PUT") return query.has("partNumber") ? "UploadPart" : "PutObject";
  if (method === "POST") return query.has("uploads") ? "CreateMultipartUpload" : "CompleteMultipartUpload";
  if (method === "DELETE") return query.has("uploadId") ? "AbortMultipartUpload" : undefined;
  if (method === "HEAD") return "HeadObject";
  return method === "GET" ? "GetObject" : undefined;
}

/** Counts what the store is asked for, and lets the first requests of one operation go wrong, one fault each. */
export interface StoreFaults {
  /** For the store's `onRequest`. */
  readonly onRequest: (request: FaultRequest) => Fault | undefined;
  /** How often each operation was asked for, by operation and the last segment of the key: `PutObject manifest.json`. */
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * The first requests of one operation go wrong like this; undefined lets that one pass, and so do all that follow.
 * @param name the last segment of the key; default any
 */
export function storeFaults(
  operation: StoreOperation,
  faults: readonly (Fault | undefined)[],
  name?: string,
): StoreFaults {
  const left = [...faults];
  const counts: Record<string, number> = {};
  const onRequest = (request: FaultRequest) => {
    const asked = storeOperationOf(request);
    const last = request.key.slice(request.key.lastIndexOf("/") + 1);
    const entry = `${asked} ${last}`;
    counts[entry] = (counts[entry] ?? 0) + 1;
    return asked === operation && (name === undefined || name === last) ? left.shift() : undefined;
  };
  return { onRequest, counts };
}

/** An error of S3. */
export function s3Error(status: number, code: string, message = "The message."): Fault {
  return { status, code, message };
}
