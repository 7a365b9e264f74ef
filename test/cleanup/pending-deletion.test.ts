/** A deletion that the vendor refuses for hours: the transfer ends, and the cleanup finishes it later. */
import { expect, onTestFinished, test } from "vitest";
import { localBucket } from "../../lib/local/embedded-cloud.ts";
import {
  announced,
  beginInVirtualTime,
  cleanupOf,
  cleanupTransfers,
  counts,
  linesOf,
  markerStoreOf,
  type Pass,
  skipToDue,
  standingMarkers,
} from "../support/cleanup.ts";
import { xorOnDisk } from "../support/deeds.ts";
import { smallProject } from "../support/notified-project.ts";
import { TransferHarness } from "../support/transfer-harness.ts";
import { refusal } from "../support/vendor-answers.ts";

/** A transfer whose deletion is pending, because the vendor answers DELETE with 500 until `recover`. */
async function startPending(input: object = {}) {
  let isDown = true;
  const onRequest = ({ method }: { method: string }) => (isDown && method === "DELETE" ? refusal(500) : undefined);
  const harness = await TransferHarness.start({ simulator: { onRequest } });
  onTestFinished(() => harness[Symbol.asyncDispose]());
  beginInVirtualTime(harness);
  const id = harness.simulator.createProject(smallProject);
  const end = await harness.transfer({ id, deleteAfterDownload: true, ...input }, "the-first");
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { deleted: "pending" } });
  expect(end.states.slice(-4)).toEqual(["Schedule cleanup", "Notify", "Succeeded?", "Done"]);
  const seen = () => harness.simulator.project(id);
  const recover = () => {
    isDown = false;
  };
  return { harness, id, pass: cleanupOf(harness), seen, recover };
}

/** A pass once all is due that stands, and the end of what it started. */
async function passWhenDue(harness: TransferHarness, pass: Pass) {
  await skipToDue(harness);
  const swept = await pass();
  return { swept, last: (await cleanupTransfers(harness)).at(-1) };
}

test("is left to the cleanup by one marker, and a line that says so", async () => {
  const { harness, id } = await startPending({ metadata: { order: 7 } });
  const [marker, ...others] = await standingMarkers(harness);
  expect(others).toEqual([]);
  expect(marker).toMatchObject({ kind: "deletion", id, attempt: 0 });
  expect(marker?.input).toEqual({ id, deleteAfterDownload: true, metadata: { order: 7 } });
  expect(linesOf(harness, "left to the cleanup")).toEqual([
    {
      execution: "the-first",
      id,
      kind: "deletion",
      due: new Date(marker?.due ?? 0).toISOString(),
      message: "left to the cleanup",
    },
  ]);
});

test("is not looked at before it is due", async () => {
  const { harness, pass } = await startPending();
  harness.skip(3_500);
  expect(await pass()).toEqual(counts());
  expect(await cleanupTransfers(harness)).toEqual([]);
});

test("is finished by the first pass after the vendor has recovered, and by that one only", async () => {
  const { harness, id, pass, seen, recover } = await startPending();
  recover();
  const { swept, last } = await passWhenDue(harness, pass);
  expect(swept).toEqual(counts({ due: 1, started: 1 }));
  expect(last).toMatchObject({ status: "SUCCEEDED", input: { id }, output: { deleted: "yes" } });
  // 21 by the transfer itself, one by the cleanup's. The audio is looked at by each, and copied once.
  expect(seen()).toMatchObject({ deletes: 22, deleted: true });
  expect(await pass()).toEqual(counts());
  expect(await cleanupTransfers(harness)).toHaveLength(1);
  expect(await standingMarkers(harness)).toHaveLength(1);
  // The event of the copy was announced by the transfer; it is the same one now, and nobody hears it twice.
  expect(await announced(harness)).toEqual(["transfer.completed"]);
  expect(linesOf(harness, "swept")).toEqual([
    { trigger: "schedule", ...counts({ due: 1, started: 1 }), message: "swept" },
    { trigger: "schedule", ...counts(), message: "swept" },
  ]);
});

test("backs off while the vendor stays down, in one chain, and is overdue after a day", async () => {
  const { harness, pass, seen, recover } = await startPending();
  const swept: object[] = [];
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const { last, swept: passed } = await passWhenDue(harness, pass);
    swept.push(passed);
    expect(last).toMatchObject({ status: "SUCCEEDED", output: { deleted: "pending" } });
    expect(last?.name).toMatch(new RegExp(`^cleanup-deletion-${attempt}-`));
  }
  const markers = await standingMarkers(harness);
  expect(markers.map(({ attempt }) => attempt)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(new Set(markers.map(({ chain, since }) => `${chain} ${since}`)).size).toBe(1);
  // Each was written at a pass that followed the one before by seconds: 2, 4, 8, 16 hours, then days.
  const hours = markers.slice(1).map(({ due }, before) => Math.floor((due - (markers[before]?.due ?? 0)) / 3_600_000));
  expect(hours).toEqual([2, 4, 8, 16, 24, 24]);
  const overdue = counts({ due: 1, started: 1, overdueDeletions: 1 });
  // Taken up after 1, 3, 7, 15 hours; then after 31 and 55.
  expect(swept).toEqual([...Array(4).fill(counts({ due: 1, started: 1 })), overdue, overdue]);
  expect(seen().deletes).toBe(7 * 21);
  recover();
  expect((await passWhenDue(harness, pass)).last).toMatchObject({ output: { deleted: "yes" } });
  expect(seen()).toMatchObject({ deletes: 7 * 21 + 1, deleted: true });
});

test("is never done when an object was damaged meanwhile: no DELETE is sent", async () => {
  const { harness, id, pass, seen, recover } = await startPending();
  await xorOnDisk(harness.cloud.store.pathOf(localBucket, `audio-projects/${id}/0-output.wav`), Uint8Array.of(1), 45);
  recover();
  const { last } = await passWhenDue(harness, pass);
  expect(last).toMatchObject({ status: "FAILED", error: "TransferFailed" });
  expect(last?.cause).toContain("are not those that were copied");
  expect(seen()).toMatchObject({ deletes: 21, deleted: false });
  // Nothing follows: a person has to look, and hears of it.
  expect(await standingMarkers(harness)).toHaveLength(1);
  expect(await announced(harness)).toEqual(["transfer.completed", "transfer.failed"]);
});

test("needs no DELETE when somebody else has deleted the project", async () => {
  const { harness, id, pass, seen } = await startPending();
  harness.simulator.changeProject(id, { disabled: true });
  const { last } = await passWhenDue(harness, pass);
  expect(last).toMatchObject({ status: "SUCCEEDED", output: { deleted: "yes" } });
  expect(seen().deletes).toBe(21);
});

test("goes on as a deletion when the vendor cannot even be asked until the deadline", async () => {
  let isDown = false;
  const onRequest = ({ method }: { method: string }) => (isDown || method === "DELETE" ? refusal(503) : undefined);
  await using harness = await TransferHarness.start({ simulator: { onRequest }, environment: { RECHECK_DAYS: "0" } });
  beginInVirtualTime(harness);
  const id = harness.simulator.createProject(smallProject);
  await harness.transfer({ id, deleteAfterDownload: true, deadlineSeconds: 60 });
  isDown = true;
  const { last } = await passWhenDue(harness, cleanupOf(harness));
  // A day, and not the minute that was meant for the audio.
  expect(last).toMatchObject({ status: "FAILED", error: "DeadlineExceeded", input: { deadlineSeconds: 86_400 } });
  expect((await standingMarkers(harness)).map(({ kind, attempt }) => [kind, attempt])).toEqual([
    ["deletion", 0],
    ["deletion", 1],
  ]);
});

test("is handled once where its marker stands twice, written again because an answer was lost", async () => {
  const { harness, pass, seen, recover } = await startPending();
  const [marker] = await standingMarkers(harness);
  if (!marker) throw new Error("no marker stands");
  await markerStoreOf(harness).write({ ...marker, due: marker.due + 600_000 });
  recover();
  await skipToDue(harness);
  await pass();
  expect(await cleanupTransfers(harness)).toHaveLength(1);
  expect(seen().deletes).toBe(22);
});
