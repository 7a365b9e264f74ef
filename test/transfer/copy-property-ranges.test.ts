import fc from "fast-check";
import { expect, test } from "vitest";
import { checkCopyProperty, smallRuns } from "../support/copy-property/check-copy-property.ts";

const kibibyte = 1_024;
const mebibyte = kibibyte ** 2;

/** 12 of 2,000: a run waits for bytes most of its time. */
const numRuns = Math.ceil(smallRuns * 0.006);

/** Milliseconds: several times what it takes, and time to end the last run. */
const timeLimit = 6_000 * numRuns + 60_000;
const timeout = timeLimit + 60_000;

test("slow connections: exact bytes and true receipts, or a named error", { timeout }, async () => {
  const { ends, ranges } = await checkCopyProperty({
    bounds: {
      bytes: fc.integer({ min: 10 * mebibyte, max: 20 * mebibyte }),
      outputs: [1],
      // Of the parts that are asked for, too.
      reach: 12 * mebibyte,
      mostSteps: 6,
      shortest: 200,
      operations: ["UploadPart", "UploadPart", "CompleteMultipartUpload", "HeadObject"],
      etags: ["strong"],
      // 8 to 16 MiB/s: 128 KiB every 16 to 8 ms.
      pace: fc.integer({ min: 8, max: 16 }).map((milliseconds) => ({ bytes: 128 * kibibyte, milliseconds })),
    },
    maxOutputBytes: 24 * mebibyte,
    numRuns,
    timeLimit,
  });
  process.stderr.write(`${JSON.stringify({ ends, ranges })}\n`);
  expect(ends["manifest"]).toBeGreaterThan(numRuns / 6);
  expect(ranges).toBeGreaterThan(0);
});
