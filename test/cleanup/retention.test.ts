/** Remote projects that nobody asked to delete, deleted some days after their copy where the stack is configured so. */
import { expect, onTestFinished, test } from "vitest";
import { localBucket } from "../../lib/local/embedded-cloud.ts";
import {
  announced,
  beginInVirtualTime,
  cleanupOf,
  cleanupTransfers,
  counts,
  linesOf,
  skipToDue,
  standingMarkers,
} from "../support/cleanup.ts";
import { removeObject, xorOnDisk } from "../support/deeds.ts";
import { smallProject } from "../support/notified-project.ts";
import { TransferHarness } from "../support/transfer-harness.ts";

const thirtyDays = { DELETE_AFTER_DAYS: "30" };
const day = 86_400;

/** A harness whose stack deletes remote projects some days after their copy. */
async function startRetaining(environment = thirtyDays) {
  const harness = await TransferHarness.start({ environment });
  onTestFinished(() => harness[Symbol.asyncDispose]());
  beginInVirtualTime(harness, { retention: true });
  const id = harness.simulator.createProject(smallProject);
  return { harness, id, pass: cleanupOf(harness), seen: () => harness.simulator.project(id) };
}

test("a project is deleted thirty days after its copy, by a transfer that verifies everything", async () => {
  const { harness, id, pass, seen } = await startRetaining();
  const end = await harness.transfer({ id });
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { deleted: "not-requested", announced: true } });
  expect(end.states.slice(-5)).toEqual(["Delete asked?", "Schedule cleanup", "Notify", "Succeeded?", "Done"]);
  const [marker] = await standingMarkers(harness);
  expect(marker).toMatchObject({ kind: "retention", id, attempt: 0, input: { id } });
  harness.skip(30 * day - 60);
  expect(await pass()).toEqual(counts());
  await skipToDue(harness);
  expect(await pass()).toEqual(counts({ due: 1, started: 1 }));
  expect(await cleanupTransfers(harness)).toMatchObject([{ status: "SUCCEEDED", output: { deleted: "yes" } }]);
  // Copied once; the second look at the source is the deletion's.
  expect(seen()).toMatchObject({ deletes: 1, deleted: true, downloads: 2 });
  expect(await standingMarkers(harness)).toHaveLength(1);
  expect(await announced(harness)).toEqual(["transfer.completed"]);
});

test("nothing waits thirty days for a project that was deleted at once", async () => {
  const { harness, id } = await startRetaining();
  await harness.transfer({ id, deleteAfterDownload: true });
  expect(await standingMarkers(harness)).toEqual([]);
});

test("nor for one that was not copied", async () => {
  const { harness, id } = await startRetaining();
  await harness.transfer({ id, downloadOutputs: false });
  expect(await standingMarkers(harness)).toEqual([]);
});

test("a copy that is gone from S3 by then is made again before the project is deleted", async () => {
  const { harness, id, pass, seen } = await startRetaining();
  await harness.transfer({ id });
  for (const key of await harness.keysBelow(`audio-projects/${id}/`)) await removeObject(harness, key);
  await skipToDue(harness);
  await pass();
  expect(await cleanupTransfers(harness)).toMatchObject([{ status: "SUCCEEDED", output: { deleted: "yes" } }]);
  expect(seen()).toMatchObject({ deleted: true, downloads: 3 });
  expect(await harness.keysBelow(`audio-projects/${id}/`)).toHaveLength(2);
});

test("and so is an output that is gone while its manifest stands; a damaged one is no reason to delete", async () => {
  const { harness, id, pass, seen } = await startRetaining();
  const other = harness.simulator.createProject(smallProject);
  const keys: string[] = [];
  for (const project of [id, other]) keys.push((await harness.transfer({ id: project })).output.outputs[0]?.key ?? "");
  const [gone = "", damaged = ""] = keys;
  const bytes = await harness.stored(gone);
  await removeObject(harness, gone);
  await xorOnDisk(harness.cloud.store.pathOf(localBucket, damaged), Uint8Array.of(1), 45);
  await skipToDue(harness);
  await pass();
  const ends = (await cleanupTransfers(harness)).map(({ input, error }) => [input["id"], error]);
  expect(new Map(ends as [string, string | undefined][])).toEqual(
    new Map([
      [id, undefined],
      [other, "TransferFailed"],
    ]),
  );
  expect((await harness.stored(gone)).equals(bytes)).toBe(true);
  expect([seen().deleted, harness.simulator.project(other).deletes]).toEqual([true, 0]);
});

test("what was switched off meanwhile is given up", async () => {
  const { harness, id, seen } = await startRetaining();
  await harness.transfer({ id });
  await skipToDue(harness);
  const pass = cleanupOf(harness, { DELETE_AFTER_DAYS: undefined });
  expect(await pass()).toEqual(counts({ due: 1, givenUp: 1 }));
  expect(linesOf(harness, "given up")).toMatchObject([{ id, kind: "retention" }]);
  expect([await cleanupTransfers(harness), seen().deletes]).toEqual([[], 0]);
});

test("what was prolonged meanwhile waits for the rest", async () => {
  const { harness, id, seen } = await startRetaining();
  await harness.transfer({ id });
  await skipToDue(harness);
  const pass = cleanupOf(harness, { DELETE_AFTER_DAYS: "90" });
  expect(await pass()).toEqual(counts({ due: 1, waiting: 1 }));
  harness.skip(59 * day);
  expect(await pass()).toEqual(counts());
  await skipToDue(harness);
  expect(await pass()).toEqual(counts({ due: 1, started: 1 }));
  await cleanupTransfers(harness);
  expect(seen()).toMatchObject({ deletes: 1, deleted: true });
});

test("a deletion that fails then is pending from then on, not for thirty days", async () => {
  let isDown = true;
  const onRequest = ({ method }: { method: string }) =>
    isDown && method === "DELETE" ? ({ status: 500, body: "" } as const) : undefined;
  await using harness = await TransferHarness.start({ environment: thirtyDays, simulator: { onRequest } });
  beginInVirtualTime(harness, { retention: true });
  const id = harness.simulator.createProject(smallProject);
  await harness.transfer({ id });
  const pass = cleanupOf(harness);
  await skipToDue(harness);
  await pass();
  expect(await cleanupTransfers(harness)).toMatchObject([{ output: { deleted: "pending" } }]);
  expect((await standingMarkers(harness)).map(({ kind, attempt }) => [kind, attempt])).toEqual([
    ["retention", 0],
    ["deletion", 0],
  ]);
  isDown = false;
  await skipToDue(harness);
  expect(await pass()).toEqual(counts({ due: 1, started: 1, overdueDeletions: 0 }));
  expect((await cleanupTransfers(harness)).at(-1)).toMatchObject({ output: { deleted: "yes" } });
});
