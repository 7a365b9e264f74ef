import { S3ServiceException } from "@aws-sdk/client-s3";
import { CopyInterrupted, StoreUnavailable, TransferFailed } from "../domain/errors.ts";
import { redact } from "../domain/redaction.ts";

/** The HTTP status S3 answered with, if it answered. */
export function storeStatusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

/** Whether S3 says that nothing stands there. A bucket that is gone is another thing. */
export function isAbsent(error: unknown): boolean {
  return storeStatusOf(error) === 404 && !(error instanceof Error && error.name === "NoSuchBucket");
}

/**
 * What an S3 error means to a transfer: a refusal (access, key, bucket, conflict, a body S3 found damaged) is terminal,
 * anything else may pass. The SDK has used up its own repeats by then. A call that our own signal ended is an interruption.
 * @param what the call and the object, for the message
 */
export function storeFault(error: unknown, what: string): TransferFailed | StoreUnavailable | CopyInterrupted {
  const status = storeStatusOf(error);
  const name = error instanceof Error ? error.name : "unknown";
  if (name === "AbortError") return new CopyInterrupted(`${what}: the function's time is up`);
  const message = `${what}: ${name}: ${redact(error instanceof Error ? error.message : String(error))}`;
  const mayPass =
    status === undefined || status >= 500 || status === 429 || passingNames.has(name) || name.startsWith("Throttling");
  return mayPass ? new StoreUnavailable(message) : new TransferFailed(message);
}

/**
 * 4xx answers that another attempt cures: bytes damaged on the way (BadDigest), an upload that was aborted meanwhile
 * (NoSuchUpload), two conditional writes at once (ConditionalRequestConflict), a slow or stalled body (RequestTimeout).
 */
const passingNames = new Set([
  "BadDigest",
  "NoSuchUpload",
  "ConditionalRequestConflict",
  "OperationAborted",
  "RequestTimeout",
  "SlowDown",
]);
