/**
 * A copying function whose process is killed (SIGKILL) while it copies: real processes, real sockets. The workflow's Retry
 * calls it again; the end is exact, and a dead one's upload stays open no longer than the cleanup's rules allow.
 */
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { orphanedAfter } from "../../functions/adapters/orphaned-uploads.ts";
import { staleAfter } from "../../functions/adapters/stale-uploads.ts";
import type { FaultRequest, WrittenObject } from "../../lib/local/object-store/object-store.ts";
import { cleanupOf, counts } from "../support/cleanup.ts";
import { bundleCopyingProcess, type CopyingBundle } from "../support/copying-bundle.ts";
import { type FunctionProcesses, type ProcessOptions, useProcesses } from "../support/function-process.ts";
import { startManyOutputs } from "../support/many-outputs.ts";
import { storeFaults, storeOperationOf } from "../support/store-faults.ts";
import { expectExact } from "../support/transfer-expectations.ts";

let bundle: CopyingBundle;
beforeAll(async () => {
  bundle = await bundleCopyingProcess();
});
afterAll(() => bundle[Symbol.asyncDispose]());

/** The first output: one PUT; the second: two parts of 8 MiB and one of 1 MiB. */
const sizes = [100_000, 17 * 1_024 ** 2];
const allBytes = sizes.reduce((sum, bytes) => sum + bytes, 0);

/** When a process is killed, by what the store sees of it. */
interface Moments {
  /** Whether to kill the nth process at this request, which is then not carried out. */
  readonly atRequest?: (request: FaultRequest, nth: number) => boolean;
  /** Whether to kill the nth process once this object stands, before it is told. */
  readonly afterWrite?: (object: WrittenObject, nth: number) => boolean;
}

/** A project whose copying function runs in processes, and what kills them. */
async function startInProcesses({ atRequest, afterWrite }: Moments, options: Omit<ProcessOptions, "bundle"> = {}) {
  const counting = storeFaults("GetObject", []);
  const store = {
    ...counting,
    onRequest: (request: FaultRequest) => {
      const fault = counting.onRequest(request);
      const process = processes.calls.at(-1);
      if (!process || !atRequest?.(request, process.nth)) return fault;
      process.kill();
      return "stall" as const;
    },
    afterWrite: (object: WrittenObject) => {
      const process = processes.calls.at(-1);
      if (process && afterWrite?.(object, process.nth)) process.kill();
    },
  };
  const project = await startManyOutputs(sizes, store);
  onTestFinished(() => project[Symbol.asyncDispose]());
  const processes: FunctionProcesses = useProcesses(project.harness, { bundle: bundle.path, ...options });
  return { ...project, store, processes };
}

/** Kills the first processes in the middle of the second output's copy, each when it has received so much of all bytes. */
function killedAt(...shares: readonly number[]): Pick<ProcessOptions, "onProgress"> {
  return {
    onProgress: ({ nth, received, kill }) => {
      if (received > (shares[nth - 1] ?? 1) * allBytes) kill();
    },
  };
}

/** Somewhere in the middle of the second output: its upload is begun, and something of it is still to come. */
const anywhere = () => 0.1 + 0.7 * Math.random();

test("twice in the middle of a multipart copy, at random: the cleanup aborts what was left open, from an hour on", async () => {
  const shares = [anywhere(), anywhere()];
  // A minute before the age at which another copy may take it for dead.
  const skippedMilliseconds = (nth: number) => (nth === 3 ? staleAfter - 60_000 : 0);
  const project = await startInProcesses({}, { ...killedAt(...shares), skippedMilliseconds });
  const { harness, bodies, key, processes, asked } = project;
  const end = await project.transfer();
  const said = `killed at ${shares}`;
  expect([end.status, end.cause, end.retries, processes.calls.length], said).toEqual(["SUCCEEDED", undefined, 2, 3]);
  expect([asked("CreateMultipartUpload"), asked("CompleteMultipartUpload")]).toEqual([
    [0, 3],
    [0, 1],
  ]);
  const open = () => harness.cloud.store.openUploads();
  expect(open().map((upload) => upload.key)).toEqual(Array(2).fill(key.replace("0-output", "1-1")));
  expect(await cleanupOf(harness)()).toEqual(counts());
  harness.skip(orphanedAfter / 1_000);
  expect(await cleanupOf(harness)()).toEqual(counts({ uploadsAborted: 2 }));
  await expectExact(harness, end, bodies);
});

test("once, and called again 16 minutes later: the copy itself aborts what is surely a dead one's", async () => {
  const skippedMilliseconds = (nth: number) => (nth === 1 ? 0 : staleAfter);
  const project = await startInProcesses({}, { ...killedAt(anywhere()), skippedMilliseconds });
  const end = await project.transfer();
  expect([end.retries, project.asked("CreateMultipartUpload")]).toEqual([1, [0, 2]]);
  await expectExact(project.harness, end, project.bodies);
});

test("before and after its upload is completed: what stands is read back and not copied again", async () => {
  const project = await startInProcesses({
    atRequest: (request, nth) => nth === 1 && storeOperationOf(request) === "CompleteMultipartUpload",
    afterWrite: ({ reason }, nth) => nth === 2 && reason === "CompleteMultipartUpload",
  });
  const { harness, bodies, processes, gets, asked } = project;
  const end = await project.transfer();
  expect([end.status, end.retries, processes.calls.length]).toEqual(["SUCCEEDED", 2, 3]);
  // Twice copied, and looked at before the deletion; read back by the third process and by the deleting function.
  expect([gets()[1], asked("CreateMultipartUpload")[1], asked("GetObject")[1]]).toEqual([3, 2, 2]);
  expect(harness.cloud.store.openUploads()).toHaveLength(1);
  harness.skip(orphanedAfter / 1_000);
  await cleanupOf(harness)();
  await expectExact(harness, end, bodies);
});

test("between its last copy and the manifest, and before it knows that the manifest stands: nothing is copied again", async () => {
  const isManifest = ({ key }: { readonly key: string }) => key.endsWith("/manifest.json");
  const project = await startInProcesses({
    atRequest: (request, nth) => nth === 1 && storeOperationOf(request) === "PutObject" && isManifest(request),
    afterWrite: (object, nth) => nth === 2 && isManifest(object),
  });
  const { harness, bodies, processes, gets, asked, store } = project;
  const end = await project.transfer();
  expect([end.status, end.retries, processes.calls.length]).toEqual(["SUCCEEDED", 2, 3]);
  await expectExact(harness, end, bodies);
  expect(gets()).toEqual([1 + 1, 1 + 1]);
  // The second process has no receipts, the third one has the manifest's. The hash of one PUT is in its metadata.
  expect(asked("GetObject")).toEqual([1, 1 + 1]);
  expect(store.counts["PutObject manifest.json"]).toBe(2);
});
