/** An output that does not come within one run of the copy is given up early and by name, and the cleanup goes on with it. */
import { expect, onTestFinished, test } from "vitest";
import type { WorkflowFunction } from "../../functions/host.ts";
import { drip, honest } from "../support/behaviour.ts";
import {
  announced,
  beginInVirtualTime,
  cleanupOf,
  cleanupTransfers,
  linesOf,
  skipToDue,
  standingMarkers,
} from "../support/cleanup.ts";
import { audioBytes, startOriginProject } from "../support/origin-project.ts";
import { expectKept } from "../support/transfer-expectations.ts";

/** Two parts, so that an upload is open when it is given up. */
const body = audioBytes(9 * 1_024 ** 2);

/** Gives each run of the copy so many seconds, that pass as they do. */
const within =
  (seconds: number) =>
  (copy: WorkflowFunction): WorkflowFunction =>
  (state, context) => {
    const end = Date.now() + seconds * 1_000;
    return copy(state, { ...context, getRemainingTimeInMillis: () => end - Date.now() });
  };

/**
 * A project whose only output comes at 320 KiB/s at first: 29 s for 9 MiB, where a run has 25 s and keeps 15 of them back.
 * After a second at most 9 are left, and more than 27 are needed.
 */
async function startSlowProject() {
  let behaviour = drip(32 * 1_024, 100);
  const project = await startOriginProject({ body, etag: null }, () => behaviour);
  onTestFinished(() => project[Symbol.asyncDispose]());
  beginInVirtualTime(project.harness, { around: { "download-outputs": within(25) } });
  const hasten = () => {
    behaviour = honest;
  };
  return { ...project, hasten };
}

test("it is not repeated at once: the attempts count as used up, and nothing is lost or left open", async () => {
  const { harness, id, transfer, origin } = await startSlowProject();
  const end = await transfer();
  const cause =
    /^audio-projects\/\w+\/0-output\.wav: \d+ of 9437184 bytes came in \d+ s; at the present 0\.\d+ MiB\/s the rest takes \d+ s, and the function has \d+ s left\./;
  await expectKept(harness, end, { id, cause });
  expect(end.retries).toBe(0);
  expect(end.states).toContain("Attempts used up");
  expect(origin.requests).toHaveLength(1);
  expect(linesOf(harness, "failed")).toMatchObject([{ error: "CopyTooSlow" }]);
  expect(await announced(harness)).toEqual(["transfer.failed"]);
});

test("it is looked at again later, and copied when it comes faster", async () => {
  const { harness, id, transfer, hasten } = await startSlowProject();
  await transfer();
  expect(await standingMarkers(harness)).toMatchObject([{ kind: "recheck", id, attempt: 0 }]);
  hasten();
  await skipToDue(harness);
  await cleanupOf(harness)();
  const [again, ...others] = await cleanupTransfers(harness);
  expect(others).toEqual([]);
  expect(again).toMatchObject({ status: "SUCCEEDED", output: { deleted: "yes" } });
  expect((await harness.stored(`audio-projects/${id}/0-output.wav`)).equals(body)).toBe(true);
  expect(harness.cloud.store.openUploads()).toEqual([]);
});
