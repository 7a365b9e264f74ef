import fc from "fast-check";
import { expect, test } from "vitest";
import { checkCopyProperty, smallRuns as numRuns } from "../support/copy-property/check-copy-property.ts";

/** The configured cap, in bytes: some outputs are above it. */
const maxOutputBytes = 50_000;

/** Milliseconds: several times what it takes, and time to end the last run. */
const timeLimit = 60 * numRuns + 60_000;
const timeout = timeLimit + 60_000;

test("outputs in one PUT: exact bytes and true receipts, or a named error", { timeout }, async () => {
  const bytes = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 3_000 }) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: maxOutputBytes }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1, 511, 512, 513, maxOutputBytes, maxOutputBytes + 1) },
  );
  const { ends, resumes } = await checkCopyProperty({
    bounds: {
      bytes,
      outputs: [1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4],
      reach: 3_000,
      mostSteps: 2,
      shortest: 8,
      isThrottled: true,
      operations: ["PutObject", "PutObject", "PutObject", "HeadObject", "GetObject", "ListObjectsV2"],
      etags: ["strong", "strong", "strong", "weak", "none"],
    },
    maxOutputBytes,
    numRuns,
    timeLimit,
  });
  process.stderr.write(`${JSON.stringify({ ends, resumes })}\n`);
  // Else the property would say little of what goes well, or nothing of what does not.
  expect(ends["manifest"]).toBeGreaterThan(numRuns / 4);
  expect(ends["TransferFailed"]).toBeGreaterThan(numRuns / 20);
  expect(resumes).toBeGreaterThan(numRuns / 20);
});
