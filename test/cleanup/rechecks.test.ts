/** Projects that were still pending at their transfer's deadline: looked at again, later and later, for some days. */
import { expect, onTestFinished, test } from "vitest";
import type { SimulatedFault } from "../../lib/local/simulator/request-hook.ts";
import {
  announced,
  beginInVirtualTime,
  cleanupOf,
  cleanupTransfers,
  counts,
  linesOf,
  markerStoreOf,
  skipToDue,
  standingMarkers,
} from "../support/cleanup.ts";
import { smallProject } from "../support/notified-project.ts";
import { TransferHarness } from "../support/transfer-harness.ts";
import { refusal } from "../support/vendor-answers.ts";

/** A project that was rendering when its transfer hit its deadline. The vendor answers each GET as `next` says. */
async function startTimedOut(input: object = {}, environment = {}) {
  const vendor: { next: () => SimulatedFault | undefined } = { next: () => undefined };
  const onRequest = ({ method, path }: { method: string; path: string }) =>
    method === "GET" && path.startsWith("/v1/") ? vendor.next() : undefined;
  const harness = await TransferHarness.start({ simulator: { onRequest }, environment });
  onTestFinished(() => harness[Symbol.asyncDispose]());
  beginInVirtualTime(harness);
  const id = harness.simulator.createProject({ ...smallProject, endIn: "rendering" });
  const given = { id, deadlineSeconds: 60, metadata: { order: 7 }, ...input };
  const end = await harness.transfer(given);
  expect(end).toMatchObject({ status: "FAILED", error: "DeadlineExceeded" });
  expect(end.states.slice(-4)).toEqual(["Schedule cleanup", "Notify", "Succeeded?", "Failed"]);
  const finish = (endIn: string) => harness.simulator.changeProject(id, { endIn });
  const transfers = () => cleanupTransfers(harness);
  return { harness, id, given, pass: cleanupOf(harness, environment), vendor, finish, transfers };
}

const attemptsOf = async (harness: TransferHarness) => (await standingMarkers(harness)).map(({ attempt }) => attempt);

test("a project that is complete by then is transferred as it was asked for, and announced", async () => {
  const { harness, id, given, pass, finish, transfers } = await startTimedOut({ deleteAfterDownload: true });
  expect(await standingMarkers(harness)).toMatchObject([{ kind: "recheck", id, attempt: 0, input: given }]);
  finish("complete");
  expect(await pass()).toEqual(counts());
  await skipToDue(harness);
  expect(await pass()).toEqual(counts({ due: 1, started: 1 }));
  const [transfer, ...others] = await transfers();
  expect(others).toEqual([]);
  expect(transfer).toMatchObject({ status: "SUCCEEDED", input: given });
  expect(transfer?.output).toMatchObject({ verdict: "complete", deleted: "yes", polls: 1, metadata: { order: 7 } });
  expect(await harness.isStored(`audio-projects/${id}/manifest.json`)).toBe(true);
  expect(await announced(harness)).toEqual(["transfer.timed_out", "transfer.completed"]);
  expect(await pass()).toEqual(counts());
});

test("one that still renders is looked at again, later each time; by one GET, and no transfer", async () => {
  const { harness, id, pass, finish, transfers } = await startTimedOut();
  const before = harness.simulator.project(id).gets;
  for (let looks = 1; looks <= 3; looks += 1) {
    await skipToDue(harness);
    expect(await pass()).toEqual(counts({ due: 1, waiting: 1 }));
    expect(harness.simulator.project(id).gets).toBe(before + looks);
  }
  const markers = await standingMarkers(harness);
  expect(markers.map(({ attempt }) => attempt)).toEqual([0, 1, 2, 3]);
  const hours = markers.slice(1).map(({ due }, at) => Math.floor((due - (markers[at]?.due ?? 0)) / 3_600_000));
  expect(hours).toEqual([2, 4, 8]);
  expect(await transfers()).toEqual([]);
  finish("complete");
  await skipToDue(harness);
  expect(await pass()).toEqual(counts({ due: 1, started: 1 }));
  expect(await transfers()).toMatchObject([
    { status: "SUCCEEDED", name: expect.stringMatching(/^cleanup-recheck-3-/) },
  ]);
});

test.each([
  ["error", "ProjectFailed", "transfer.failed"],
  ["canceled", "ProjectCanceled", "transfer.canceled"],
])("one that ended in %s is told by a transfer that settles at once", async (endIn, error, type) => {
  const { harness, pass, finish, transfers } = await startTimedOut();
  finish(endIn);
  await skipToDue(harness);
  expect(await pass()).toEqual(counts({ due: 1, started: 1 }));
  expect(await transfers()).toMatchObject([{ status: "FAILED", error }]);
  expect(await announced(harness)).toEqual(["transfer.timed_out", type]);
  expect(await standingMarkers(harness)).toHaveLength(1);
});

test("one that is gone, too: after the transfer's own grace", async () => {
  const { harness, pass, vendor, transfers } = await startTimedOut();
  vendor.next = () => refusal(404);
  await skipToDue(harness);
  expect(await pass()).toEqual(counts({ due: 1, started: 1 }));
  expect(await transfers()).toMatchObject([{ status: "FAILED", error: "ProjectGone" }]);
});

test("one that the vendor refuses for good, too", async () => {
  const { harness, pass, vendor, transfers } = await startTimedOut();
  vendor.next = () => refusal(400, "no", "No.");
  await skipToDue(harness);
  expect(await pass()).toEqual(counts({ due: 1, started: 1 }));
  expect(await transfers()).toMatchObject([
    { error: "TransferFailed", cause: expect.stringContaining("answered 400") },
  ]);
});

test.each<[string, SimulatedFault, boolean]>([
  ["is down", refusal(503), false],
  ["resets", "reset", false],
  ["throttles", refusal(429), false],
  ["answers nonsense", { status: 200, body: "<html>" }, false],
  ["refuses the key", refusal(401, "unauthorized", "No."), true],
])("a vendor that %s is waited for, and the project is transferred afterwards", async (_, answer, warns) => {
  const { harness, id, pass, vendor, finish, transfers } = await startTimedOut();
  vendor.next = () => answer;
  await skipToDue(harness);
  expect(await pass()).toEqual(counts({ due: 1, waiting: 1 }));
  expect(await attemptsOf(harness)).toEqual([0, 1]);
  expect(linesOf(harness, "refused by the vendor")).toMatchObject(warns ? [{ id, error: "Unauthorized" }] : []);
  expect(await transfers()).toEqual([]);
  vendor.next = () => undefined;
  finish("complete");
  await skipToDue(harness);
  await pass();
  expect(await transfers()).toMatchObject([{ status: "SUCCEEDED" }]);
});

/** Passes until nothing is left to wait for. @returns the counts of each, and the days that went by */
async function passToTheEnd(harness: TransferHarness, pass: ReturnType<typeof cleanupOf>) {
  const [began, passes] = [harness.now(), [] as object[]];
  for (let waiting = 1; waiting > 0; ) {
    await skipToDue(harness);
    const swept = await pass();
    passes.push(swept);
    waiting = swept.waiting;
  }
  return { passes, days: (harness.now() - began) / 86_400_000 };
}

test("one that never ends is given up after seven days, and is looked at once more then", async () => {
  const { harness, id, pass, transfers } = await startTimedOut();
  const { passes, days } = await passToTheEnd(harness, pass);
  expect(passes).toEqual([...Array(10).fill(counts({ due: 1, waiting: 1 })), counts({ due: 1, givenUp: 1 })]);
  expect(Math.floor(days)).toBe(7);
  expect(linesOf(harness, "given up")).toMatchObject([{ id, kind: "recheck" }]);
  expect(await transfers()).toEqual([]);
  expect(await attemptsOf(harness)).toHaveLength(11);
  harness.skip(400 * 86_400);
  expect(await pass()).toEqual(counts());
});

test("or after as many as are configured", async () => {
  const { harness, pass } = await startTimedOut({}, { RECHECK_DAYS: "1" });
  const { passes, days } = await passToTheEnd(harness, pass);
  // After 1, 3, 7, 15 and 31 hours.
  expect([passes.length, Math.floor(days)]).toEqual([5, 1]);
});

test("where nothing is looked at again a deadline leaves nothing", async () => {
  const { harness } = await startTimedOut({}, { RECHECK_DAYS: "0" });
  expect(await harness.keysBelow("_cleanup/")).toEqual([]);
});

test("a transfer that hits its deadline once more goes on with its chain", async () => {
  const { harness, vendor, pass, finish, transfers } = await startTimedOut();
  // Seen complete by the pass, and then by no poll of the transfer again.
  finish("complete");
  let looks = 0;
  vendor.next = () => (looks++ === 0 ? undefined : refusal(503));
  await skipToDue(harness);
  await pass();
  expect(await transfers()).toMatchObject([{ error: "DeadlineExceeded" }]);
  const markers = await standingMarkers(harness);
  expect(markers.map(({ kind, attempt }) => [kind, attempt])).toEqual([
    ["recheck", 0],
    ["recheck", 1],
  ]);
  expect(new Set(markers.map(({ chain, since }) => `${chain} ${since}`)).size).toBe(1);
});

test("two passes at once leave one marker to follow", async () => {
  const { harness, pass } = await startTimedOut();
  await skipToDue(harness);
  // Dates of a chain lie ten minutes apart: away from the moment from which on a pass writes the next one.
  harness.skip(120);
  expect(await Promise.all([pass(), pass()])).toEqual(Array(2).fill(counts({ due: 1, waiting: 1 })));
  expect(await attemptsOf(harness)).toEqual([0, 1]);
});

test("and where two follow all the same, one transfer is started", async () => {
  const { harness, pass, finish, transfers } = await startTimedOut();
  const [marker] = await standingMarkers(harness);
  if (!marker) throw new Error("no marker stands");
  await markerStoreOf(harness).write({ ...marker, due: marker.due + 600_000 });
  await skipToDue(harness);
  finish("complete");
  expect(await pass()).toMatchObject({ due: 2 });
  expect(await transfers()).toHaveLength(1);
});
