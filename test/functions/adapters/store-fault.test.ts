import { S3ServiceException } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { storeFault, storeStatusOf } from "../../../functions/adapters/store-fault.ts";
import { everythingIn } from "../../support/everything-in.ts";

function answered(name: string, httpStatusCode: number, message = "as S3 says") {
  return new S3ServiceException({ name, message, $fault: "client", $metadata: { httpStatusCode } });
}

describe("an error of S3", () => {
  test.each<[string, number]>([
    ["AccessDenied", 403],
    ["KMS.DisabledException", 400],
    ["NoSuchBucket", 404],
    ["NoSuchKey", 404],
    ["PreconditionFailed", 412],
    ["EntityTooLarge", 400],
    ["InvalidPart", 400],
    ["PermanentRedirect", 301],
    ["MethodNotAllowed", 405],
  ])("%s %i is terminal", (name, status) => {
    const error = answered(name, status);
    expect(storeStatusOf(error)).toBe(status);
    expect(storeFault(error, "PUT of s3://b/k")).toMatchObject({
      name: "TransferFailed",
      message: `PUT of s3://b/k: ${name}: as S3 says`,
    });
  });

  test.each<[string, number]>([
    ["InternalError", 500],
    ["SlowDown", 503],
    ["ServiceUnavailable", 503],
    ["TooManyRequests", 429],
    ["RequestTimeout", 400],
    ["BadDigest", 400],
    ["NoSuchUpload", 404],
    ["ConditionalRequestConflict", 409],
    ["ThrottlingException", 400],
    ["SlowDown", 400],
  ])("%s %i may pass", (name, status) => {
    expect(storeFault(answered(name, status), "PUT of s3://b/k")).toMatchObject({
      name: "StoreUnavailable",
      message: `PUT of s3://b/k: ${name}: as S3 says`,
    });
  });
});

test.each<[string, unknown]>([
  ["a reset", Object.assign(new Error("socket hang up"), { code: "ECONNRESET" })],
  ["a time-out", Object.assign(new Error("too slow"), { name: "TimeoutError" })],
  ["something that is no error", "odd"],
])("%s may pass: no answer came", (_name, error) => {
  expect(storeStatusOf(error)).toBeUndefined();
  expect(storeFault(error, "HEAD of s3://b/k").name).toBe("StoreUnavailable");
});

test("a call that our own signal ended is an interruption", () => {
  const error = Object.assign(new Error("Request aborted"), { name: "AbortError" });
  expect(storeFault(error, "PUT of s3://b/k")).toMatchObject({
    name: "CopyInterrupted",
    message: "PUT of s3://b/k: the function's time is up",
  });
});

test("a message of S3 is made safe", () => {
  const error = answered("AccessDenied", 403, "no: https://b.s3.test/k?X-Amz-Signature=secret\r\nx");
  const fault = storeFault(error, "PUT of s3://b/k");
  expect(fault.message).toBe("PUT of s3://b/k: AccessDenied: no: https://b.s3.test/k?[redacted] x");
  expect(everythingIn(fault)).not.toContain("secret");
});
