/** Uploads that nobody completes, aborted by the cleanup where the bucket is the stack's alone. */
import { CreateMultipartUploadCommand } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";
import { environmentNames } from "../../functions/contract.ts";
import { localBucket } from "../../lib/local/embedded-cloud.ts";
import type { Fault, FaultRequest } from "../../lib/local/object-store/object-store.ts";
import { cleanupOf, counts, linesOf, markerStoreOf, secondsLeft } from "../support/cleanup.ts";
import { rejectionOf } from "../support/everything-in.ts";
import { storeOperationOf } from "../support/store-faults.ts";
import { TransferHarness } from "../support/transfer-harness.ts";

const aborting = { [environmentNames.abortOrphanedUploads]: "true" };

/** A harness with two uploads open that are an hour old by its clock. */
async function startWithUploads(onRequest: (request: FaultRequest) => Fault | undefined = () => undefined) {
  const asked: (string | undefined)[] = [];
  const seen = (request: FaultRequest) => {
    asked.push(storeOperationOf(request));
    return onRequest(request);
  };
  const harness = await TransferHarness.start({ store: { onRequest: seen } });
  onTestFinished(() => harness[Symbol.asyncDispose]());
  const open = (Key: string) => harness.s3.send(new CreateMultipartUploadCommand({ Bucket: localBucket, Key }));
  await open("audio-projects/cm1/0-output.wav");
  await open("audio-projects/cm2/0-output.wav");
  harness.skip(3_600);
  return { harness, asked, uploads: () => harness.cloud.store.openUploads().length };
}

test("are aborted from an hour on, and counted", async () => {
  const { harness, uploads } = await startWithUploads();
  expect(await cleanupOf(harness, aborting)()).toEqual(counts({ uploadsAborted: 2 }));
  expect(uploads()).toBe(0);
  expect(await cleanupOf(harness, aborting)()).toEqual(counts());
});

test("are kept while they are young", async () => {
  const { harness, uploads } = await startWithUploads();
  harness.skip(-60);
  expect(await cleanupOf(harness, aborting)()).toEqual(counts());
  expect(uploads()).toBe(2);
});

test.each([undefined, "", "false", "1"])("are not even listed where ABORT_ORPHANED_UPLOADS is %j", async (value) => {
  const { harness, asked, uploads } = await startWithUploads();
  asked.length = 0;
  const environment = { [environmentNames.abortOrphanedUploads]: value };
  expect(await cleanupOf(harness, environment)()).toEqual(counts());
  expect(asked).not.toContain("ListMultipartUploads");
  expect(uploads()).toBe(2);
});

test("are left to the next pass when time is nearly up", async () => {
  const { harness, uploads } = await startWithUploads();
  expect(await cleanupOf(harness, aborting)({}, secondsLeft(59))).toEqual(counts({ more: true }));
  expect(uploads()).toBe(2);
});

test("that cannot be aborted fail the pass, after its markers", async () => {
  const { harness } = await startWithUploads((request) =>
    storeOperationOf(request) === "AbortMultipartUpload"
      ? { status: 403, code: "AccessDenied", message: "No." }
      : undefined,
  );
  const due = harness.now() - 1_000;
  const link = { kind: "retention", chain: "0".repeat(20), since: 0, attempt: 0 } as const;
  await markerStoreOf(harness).write({ ...link, id: "cm1", due, input: { id: "cm1" } });
  expect(await rejectionOf(cleanupOf(harness, aborting)())).toMatchObject({
    name: "TransferFailed",
    message: expect.stringContaining("AccessDenied"),
  });
  expect(linesOf(harness, "swept")).toMatchObject([{ due: 1, givenUp: 1, failed: 1, uploadsAborted: 0 }]);
});

test("are aborted also by a pass whose markers failed", async () => {
  const { harness, uploads } = await startWithUploads(({ query }) =>
    query.get("prefix") === "_cleanup/due/" ? { status: 403, code: "AccessDenied", message: "No." } : undefined,
  );
  expect(await rejectionOf(cleanupOf(harness, aborting)())).toMatchObject({ name: "TransferFailed" });
  expect(uploads()).toBe(0);
  expect(linesOf(harness, "swept")).toMatchObject([{ failed: 1, uploadsAborted: 2 }]);
});
