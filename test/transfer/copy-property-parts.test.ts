import fc from "fast-check";
import { expect, test } from "vitest";
import { checkCopyProperty, smallRuns } from "../support/copy-property/check-copy-property.ts";

const mebibyte = 1_024 ** 2;

/** The configured cap, in bytes. */
const maxOutputBytes = 20 * mebibyte;

/** 60 of 2,000: a run moves some 20 MiB. */
const numRuns = Math.ceil(smallRuns * 0.03);

/** Milliseconds: several times what it takes, and time to end the last run. */
const timeLimit = 1_000 * numRuns + 60_000;
const timeout = timeLimit + 60_000;

test("outputs in parts: exact bytes and true receipts, or a named error", { timeout }, async () => {
  const around = (bytes: number) => fc.integer({ min: bytes - 1, max: bytes + 1 });
  const bytes = fc.oneof(
    { weight: 4, arbitrary: around(8 * mebibyte) },
    { weight: 6, arbitrary: fc.integer({ min: 8 * mebibyte + 1, max: 9 * mebibyte }) },
    { weight: 1, arbitrary: around(16 * mebibyte) },
    { weight: 1, arbitrary: fc.integer({ min: 9 * mebibyte, max: maxOutputBytes + 1 }) },
  );
  const { ends, resumes } = await checkCopyProperty({
    bounds: {
      bytes,
      outputs: [1, 1, 1, 1, 1, 1, 1, 2],
      reach: 9 * mebibyte,
      mostSteps: 5,
      shortest: 60,
      operations: [
        "CreateMultipartUpload",
        "UploadPart",
        "UploadPart",
        "UploadPart",
        "CompleteMultipartUpload",
        "CompleteMultipartUpload",
        "CompleteMultipartUpload",
        "AbortMultipartUpload",
        "ListMultipartUploads",
        "HeadObject",
        "PutObject",
      ],
      etags: ["strong", "strong", "strong", "strong", "weak", "none"],
    },
    maxOutputBytes,
    numRuns,
    timeLimit,
  });
  process.stderr.write(`${JSON.stringify({ ends, resumes })}\n`);
  expect(ends["manifest"]).toBeGreaterThan(numRuns / 6);
  expect(ends["TransferFailed"]).toBeGreaterThan(numRuns / 20);
  expect(resumes).toBeGreaterThan(numRuns / 20);
});
