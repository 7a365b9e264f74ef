/** A project of more outputs than one run of the copying function has time for: the loop behind "More outputs?". */
import { expect, test } from "vitest";
import type { FunctionContext, WorkflowFunction } from "../../functions/host.ts";
import type { RequestHook } from "../../lib/local/simulator/request-hook.ts";
import { storeFaults } from "../support/store-faults.ts";
import { expectExact } from "../support/transfer-expectations.ts";
import { TransferHarness } from "../support/transfer-harness.ts";

/** Runs a transfer of five outputs, with so many seconds left in each run and so many for each download. */
async function run({ left, download = 0 }: { readonly left?: number; readonly download?: number }) {
  const onRequest: RequestHook = ({ path }) => {
    if (path.startsWith("/downloads/")) harness.skip(download);
    return undefined;
  };
  const harness = await TransferHarness.start({ simulator: { onRequest } });
  const id = harness.simulator.createProject({ queuedSeconds: 0, renderingSeconds: 0, outputs: 5 });
  const rendered = await Promise.all([0, 1, 2, 3, 4].map((index) => harness.simulator.output(id, index)));
  const bodies = rendered.map((audio) => Buffer.concat([...audio.read()]));
  const limited =
    (copy: WorkflowFunction): WorkflowFunction =>
    (state, context) =>
      copy(state, left === undefined ? context : withTime(left));
  harness.wrap({ "download-outputs": limited });
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  const runs = end.states.filter((state) => state === "Download outputs").length;
  return { harness, id, end, bodies, runs, [Symbol.asyncDispose]: () => harness[Symbol.asyncDispose]() };
}

function withTime(seconds: number): FunctionContext {
  return { getRemainingTimeInMillis: () => seconds * 1_000 };
}

test.each([
  // 15 s are kept back; then a minute must be left for a further output.
  ["a minute and the reserve", { left: 75 }, 1],
  ["a second less", { left: 74 }, 5],
  // And twice what the longest so far took, of 900 s and 15 s less: 442.5 s.
  ["twice the longest download so far", { download: 430 }, 1],
  ["less than twice of it", { download: 445 }, 5],
])("with %s left, in so many runs as it takes, each output is copied once", async (_, options, runs) => {
  await using transfer = await run(options);
  const { harness, id, end, bodies } = transfer;
  await expectExact(harness, end, bodies);
  expect([transfer.runs, end.retries]).toEqual([runs, 0]);
  // Five copies, and five looks at the sources before the deletion.
  expect(harness.simulator.project(id).downloads).toBe(5 + 5);
});

test("with no time at all each run ends itself, and the attempts are used up: nothing is deleted", async () => {
  await using transfer = await run({ left: 15 });
  const { harness, id, end } = transfer;
  expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed", retries: 8 });
  expect(end.cause).toMatch(/0-output\.wav: (?:TimeoutError|AbortError)/);
  expect(await harness.keysBelow("audio-projects/")).toEqual([]);
  expect(harness.simulator.project(id).deletes).toBe(0);
});

test("what earlier runs verified is not read back by later ones", async () => {
  const store = storeFaults("GetObject", []);
  await using harness = await TransferHarness.start({ store });
  // Two parts each, so that their hashes are in no metadata.
  const plan = { queuedSeconds: 0, renderingSeconds: 0, outputs: 3, sizeBytes: 9 * 1_024 ** 2 };
  const id = harness.simulator.createProject(plan);
  harness.wrap({ "download-outputs": (copy) => (state) => copy(state, withTime(74)) });
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { deleted: "yes" } });
  expect(end.states.filter((state) => state === "Download outputs")).toHaveLength(3);
  // By the deleting function, once.
  expect([0, 1, 2].map((index) => store.counts[`GetObject ${index}-output.wav`])).toEqual([1, 1, 1]);
});
