/** The marker that a transfer leaves, and that a transfer ends as it would have where it cannot be left. */
import { expect, test } from "vitest";
import { createScheduleCleanup } from "../../functions/schedule-cleanup.ts";
import type { Fault } from "../../lib/local/object-store/object-store.ts";
import {
  announced,
  cleanupOf,
  cleanupTransfers,
  linesOf,
  secondsLeft,
  skipToDue,
  standingMarkers,
} from "../support/cleanup.ts";
import { rejectionOf } from "../support/everything-in.ts";
import { smallProject } from "../support/notified-project.ts";
import { s3Error } from "../support/store-faults.ts";
import { TransferHarness } from "../support/transfer-harness.ts";
import { everyAnswer, refusal } from "../support/vendor-answers.ts";

/** A harness whose vendor deletes nothing, and whose S3 answers the first writings of a marker with these. */
async function startFaulty(faults: readonly Fault[]) {
  const left = [...faults];
  const store = {
    onRequest: ({ method, key }: { method: string; key: string }) =>
      method === "PUT" && key.startsWith("_cleanup/due/") ? left.shift() : undefined,
  };
  const harness = await TransferHarness.start({ store, simulator: { onRequest: everyAnswer("DELETE", refusal(500)) } });
  const id = harness.simulator.createProject(smallProject);
  return { harness, id, [Symbol.asyncDispose]: () => harness[Symbol.asyncDispose]() };
}

test("a marker whose writing fails for a while is written by the workflow's retry", async () => {
  // Each of the first two tries is five requests of the client.
  await using faulty = await startFaulty(Array(10).fill(s3Error(500, "InternalError")));
  const end = await faulty.harness.transfer({ id: faulty.id, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "SUCCEEDED", retries: 20 + 2, output: { deleted: "pending", announced: true } });
  expect(await standingMarkers(faulty.harness)).toHaveLength(1);
  expect(linesOf(faulty.harness, "left to the cleanup")).toHaveLength(1);
});

test("one whose answer is lost is written once", async () => {
  await using faulty = await startFaulty(["answer-lost", "answer-lost"]);
  const end = await faulty.harness.transfer({ id: faulty.id, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "SUCCEEDED", retries: 20, output: { deleted: "pending" } });
  expect(await standingMarkers(faulty.harness)).toHaveLength(1);
});

test("where none can be written the transfer ends as it would have, and passes a state that is counted", async () => {
  await using faulty = await startFaulty(Array(100).fill(s3Error(403, "AccessDenied")));
  const end = await faulty.harness.transfer({ id: faulty.id, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { deleted: "pending", announced: true } });
  expect(end.states).toContain("Cleanup not scheduled");
  expect(await standingMarkers(faulty.harness)).toEqual([]);
  expect(await announced(faulty.harness)).toEqual(["transfer.completed"]);
});

test("and one that failed keeps its own error and cause", async () => {
  await using faulty = await startFaulty(Array(100).fill(s3Error(403, "AccessDenied")));
  faulty.harness.simulator.changeProject(faulty.id, { endIn: "rendering" });
  const end = await faulty.harness.transfer({ id: faulty.id, deadlineSeconds: 60 });
  expect(end).toMatchObject({ status: "FAILED", error: "DeadlineExceeded" });
  expect(end.cause).toContain("was still rendering");
});

test("S3 that stalls is an interruption by name, before the function is killed", async () => {
  await using faulty = await startFaulty(["stall"]);
  const { harness, id } = faulty;
  const write = createScheduleCleanup(harness.cloud.environment, harness.host);
  const { output } = await harness.transfer({ id });
  const state = {
    execution: { name: "by-hand", startedAt: output.startedAt },
    input: { id },
    output: { ...output, deleted: "pending" },
  } as const;
  expect(await rejectionOf(write(state, secondsLeft(1.05)))).toMatchObject({ name: "CopyInterrupted" });
  expect(await write(state, secondsLeft(45))).toBe(state);
  expect(await standingMarkers(harness)).toMatchObject([{ kind: "deletion", id, attempt: 0 }]);
});

test("neither markers nor lines hold a secret", async () => {
  await using faulty = await startFaulty([]);
  const { harness, id } = faulty;
  await harness.transfer({ id, deleteAfterDownload: true });
  await skipToDue(harness);
  await cleanupOf(harness)();
  await cleanupTransfers(harness);
  const bodies = await Promise.all((await harness.keysBelow("_cleanup/")).map((key) => harness.stored(key)));
  const written = JSON.stringify(harness.log) + Buffer.concat(bodies).toString();
  expect(bodies.length).toBeGreaterThanOrEqual(3);
  for (const secret of [harness.simulator.apiKey, harness.cloud.signingSecret, "X-Goog-Signature"]) {
    expect(written).not.toContain(secret);
  }
});
