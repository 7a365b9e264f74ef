/**
 * That a transfer always gets on: an output that fits into a run is never given up for what it shared, waited for or
 * stalled, and no run ends without anything done. In virtual time: see linked-outputs.ts.
 */
import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { localBucket } from "../../lib/local/embedded-cloud.ts";
import { type LinkedOutputsOptions, startLinkedOutputs, usualBytesPerSecond } from "../support/linked-outputs.ts";
import { type StoreFaults, type StoreOperation, storeFaults, storeOperationOf } from "../support/store-faults.ts";
import { expectExact } from "../support/transfer-expectations.ts";
import type { TransferHarness } from "../support/transfer-harness.ts";

/** A project of outputs, each given as the seconds that it would take alone. */
function startSeconds(seconds: readonly number[], options: LinkedOutputsOptions = {}) {
  return startLinkedOutputs(
    seconds.map((each) => each * usualBytesPerSecond),
    { mostRuns: 6, ...options },
  );
}

/** Does something at each request for an operation on an output. */
function doingAt(operation: StoreOperation, deed: () => void): StoreFaults {
  const store = storeFaults(operation, []);
  const onRequest: StoreFaults["onRequest"] = (request) => {
    if (storeOperationOf(request) === operation && request.key.endsWith(".wav")) deed();
    return store.onRequest(request);
  };
  return { ...store, onRequest };
}

test.each([
  ["before a smaller one", [800, 250]],
  ["among smaller ones", [420, 723, 284]],
  ["behind a smaller one", [250, 800]],
])("an output that fits into a run is not given up because it shared one: %s", async (_, seconds) => {
  await using project = await startSeconds(seconds);
  await expectExact(project.harness, await project.transfer(), project.bodies);
});

test("two outputs that are too slow end the transfer, however long the upload of one takes to be aborted", async () => {
  // Two parts each, so that there are uploads.
  const bytes = 8.25 * 1_024 ** 2;
  const store = doingAt("AbortMultipartUpload", () => project.timed.passAtOnce(3));
  await using project = await startLinkedOutputs([bytes, bytes], {
    store,
    bytesPerSecond: () => bytes / 3_000,
    pieces: 1_024,
    ready: () => project.harness.cloud.store.openUploads().length === 2,
    mostRuns: 6,
  });
  const end = await project.transfer();
  expect(end.cause).toContain("An output must be copied within one run");
  expect(project.timed.runs.length).toBeLessThanOrEqual(2);
});

test("an output is not measured by the time it took to get a URL that works", async () => {
  let refused = 0;
  const refuse = async () => {
    if (refused === 2) return undefined;
    refused += 1;
    await project.timed.pass(15);
    return 403;
  };
  await using project = await startSeconds([300], { refuse });
  await expectExact(project.harness, await project.transfer(), project.bodies);
});

test("nor by a stall at its start, where there is plenty of time to make up for it", async () => {
  let pieces = 0;
  // The first of 256 pieces takes 28 s, the others take one.
  const bytesPerSecond = () => usualBytesPerSecond / (pieces++ === 0 ? 28 : 1);
  await using project = await startSeconds([256], { bytesPerSecond });
  await expectExact(project.harness, await project.transfer(), project.bodies);
});

test("nor by the time in which others were read back", async () => {
  let isThere = false;
  let reads = 0;
  const refuse = (index: number) => (index === 9 && !isThere ? 404 : undefined);
  const store = doingAt("GetObject", () => {
    if (isThere && reads++ === 0) project.timed.passAtOnce(300);
  });
  await using project = await startSeconds([...Array(9).fill(1), 60], { refuse, store });
  const { harness } = project;
  expect(await project.transfer()).toMatchObject({ status: "FAILED", error: "TransferFailed" });
  for (const key of await harness.keysBelow("audio-projects/")) await forgetHash(harness, key);
  isThere = true;
  await expectExact(harness, await project.transfer(), project.bodies);
});

/** Makes an object one whose hash is in no metadata, as those in parts are: it has to be read back. */
async function forgetHash(harness: TransferHarness, key: string): Promise<void> {
  const place = { Bucket: localBucket, Key: key };
  const { Metadata: { sha256: _, ...metadata } = {} } = await harness.s3.send(new HeadObjectCommand(place));
  const Body = await harness.stored(key);
  await harness.s3.send(new PutObjectCommand({ ...place, Body, Metadata: metadata, ChecksumAlgorithm: "CRC32" }));
}
