/**
 * Outputs that are too slow for the time of one run: given up early, by name and with the figures, where a whole run would
 * not do; left to a run of their own where they only had to share one. In virtual time: see linked-outputs.ts.
 */
import { expect, test } from "vitest";
import {
  announced,
  beginInVirtualTime,
  cleanupOf,
  cleanupTransfers,
  counts,
  skipToDue,
  standingMarkers,
} from "../support/cleanup.ts";
import { type LinkedOutputs, startLinkedOutputs, usualBytesPerSecond } from "../support/linked-outputs.ts";
import { type StoreFaults, storeFaults, storeOperationOf } from "../support/store-faults.ts";
import { expectExact, expectKept, factsOf } from "../support/transfer-expectations.ts";

const mebibyte = 1_024 ** 2;

/** Outputs, each given as the seconds that it would take alone. */
function startSeconds(...seconds: readonly number[]): Promise<LinkedOutputs> {
  return startLinkedOutputs(seconds.map((each) => each * usualBytesPerSecond));
}

/** The figures in the cause of a transfer that was given up as too slow. */
function figuresIn(cause = "") {
  const [, key, ...figures] =
    /^(\S+): (\d+) of (\d+) bytes came in (\d+) s; at the present ([\d.]+) MiB\/s the rest takes (\d+) s, and the function has (\d+) s left\. An output must be copied within one run$/.exec(
      cause,
    ) ?? [];
  const [received = 0, bytes = 0, gone = 0, speed = 0, rest = 0, left = 0] = figures.map(Number);
  return { key, received, bytes, gone, speed, rest, left };
}

test("an output that is too slow for a run fails early, with the figures, and is not copied again at once", async () => {
  // Two parts, so that there is an upload: they would take 900 of 100 s.
  const bytes = 9 * mebibyte;
  await using project = await startLinkedOutputs([bytes], {
    seconds: 100,
    bytesPerSecond: () => bytes / 900,
    ready: () => project.harness.cloud.store.openUploads().length === 1,
  });
  const { harness, id, timed, gets, asked } = project;
  const end = await project.transfer();
  await expectKept(harness, end, { id, cause: /0-0\.wav: .* must be copied within one run$/ });
  const { key, received, gone, speed, rest, left, ...figures } = figuresIn(end.cause);
  expect([key, figures.bytes, speed]).toEqual([`audio-projects/${id}/0-0.wav`, bytes, 0.01]);
  // Found out as soon as a tenth of the time was gone.
  expect([gone >= 10, gone < 20, received > 0, received < 0.05 * bytes]).toEqual([true, true, true, true]);
  expect(rest).toBeGreaterThan(700);
  // Both are rounded.
  expect([99, 100, 101]).toContain(gone + left);
  expect([timed.runs.length, end.retries]).toEqual([1, 0]);
  expect(end.states.slice(-5)).toEqual(["Attempts used up", "Schedule cleanup", "Notify", "Succeeded?", "Failed"]);
  expect([gets, asked("CreateMultipartUpload"), asked("CompleteMultipartUpload")]).toEqual([[1], [1], [0]]);
  const told = (await harness.deliveries()).map(({ input }) => input.event);
  expect(told).toMatchObject([{ type: "transfer.failed", data: { error: { message: end.cause } } }]);
});

test("nor does an upload stay open that is just being begun when its output is given up", async () => {
  const bytes = 9 * mebibyte;
  const store = storeFaults("CreateMultipartUpload", []);
  const onRequest: StoreFaults["onRequest"] = (request) => {
    if (storeOperationOf(request) === "CreateMultipartUpload") project.timed.passAtOnce(20);
    return store.onRequest(request);
  };
  await using project = await startLinkedOutputs([bytes], {
    bytesPerSecond: () => bytes / 3_000,
    ready: () => project.asked("CreateMultipartUpload")[0] === 1,
    store: { ...store, onRequest },
  });
  const { harness, id } = project;
  await expectKept(harness, await project.transfer(), { id, cause: /0-0\.wav: .* must be copied within one run$/ });
});

test("the cleanup looks at it again, when its download may be faster", async () => {
  let secondsEach = 3_000;
  await using project = await startLinkedOutputs([mebibyte], { bytesPerSecond: () => mebibyte / secondsEach });
  const { harness, id, bodies } = project;
  expect(await project.transfer()).toMatchObject({ status: "FAILED", error: "TransferFailed" });
  secondsEach = 300;
  expect(await standingMarkers(harness)).toMatchObject([{ kind: "recheck", id, attempt: 0 }]);
  beginInVirtualTime(harness);
  await skipToDue(harness);
  expect(await cleanupOf(harness)()).toEqual(counts({ due: 1, started: 1 }));
  const outputs = bodies.map(factsOf);
  expect(await cleanupTransfers(harness)).toMatchObject([{ status: "SUCCEEDED", output: { outputs, deleted: "yes" } }]);
  expect(await announced(harness)).toEqual(["transfer.failed", "transfer.completed"]);
});

test("small outputs are copied, and a big one beside them is left to a run that it has for itself", async () => {
  // 1,150 of 885 s in all; the big one alone takes 650 s.
  await using project = await startSeconds(100, 100, 100, 100, 100, 650);
  const { harness, bodies, gets, asked, timed } = project;
  const end = await project.transfer();
  await expectExact(harness, end, bodies);
  const nameOf = (key: string) => key.slice(key.lastIndexOf("/") + 1);
  expect(timed.runs.map(({ copied }) => copied.map(nameOf).sort())).toEqual([
    ["0-0.wav", "1-1.wav", "2-2.wav", "3-3.wav", "4-4.wav"],
    ["5-5.wav"],
  ]);
  // Every source is looked at once more, before the deletion.
  expect(gets).toEqual([1, 1, 1, 1, 1, 2].map((copies) => copies + 1));
  expect(asked("PutObject")).toEqual([1, 1, 1, 1, 1, 1]);
  expect(end.retries).toBe(0);
});

test("an output that is slow at first and then fast enough is copied in that run", async () => {
  let pieces = 0;
  // Half the speed for its first 20 of 256 pieces, at which it would take 1,200 of 885 s.
  const bytesPerSecond = () => (pieces++ < 20 ? usualBytesPerSecond / 2 : usualBytesPerSecond);
  await using project = await startLinkedOutputs([600 * usualBytesPerSecond], { bytesPerSecond });
  const { harness, bodies, gets, timed } = project;
  await expectExact(harness, await project.transfer(), bodies);
  expect(timed.runs).toMatchObject([{ more: false }]);
  expect(gets).toEqual([1 + 1]);
});
