/** A project of more outputs than one run of the copying function has time for: the loop behind "More outputs?". */
import { expect, onTestFinished, test, vi } from "vitest";
import type { FunctionContext, WorkflowFunction } from "../../functions/host.ts";
import type { FaultRequest } from "../../lib/local/object-store/object-store.ts";
import { storeFaults, storeOperationOf } from "../support/store-faults.ts";
import { expectExact } from "../support/transfer-expectations.ts";
import { TransferHarness } from "../support/transfer-harness.ts";

interface Plan {
  readonly outputs: number;
  /** Seconds left in each run. Default as many as Lambda gives. */
  readonly left?: number;
  /** Seconds that pass before the first output stands. Default none. */
  readonly download?: number;
}

/** Runs a transfer of so many outputs of one size. */
async function run({ outputs, left, download = 0 }: Plan) {
  let isFirst = true;
  // Time passes while the first output is written: its download, and perhaps those of the others, were open before.
  const onRequest = (request: FaultRequest) => {
    if (storeOperationOf(request) !== "PutObject" || !isFirst) return undefined;
    isFirst = false;
    harness.skip(download);
    return undefined;
  };
  const harness = await TransferHarness.start({ store: { onRequest } });
  const id = harness.simulator.createProject({ queuedSeconds: 0, renderingSeconds: 0, outputs, sizeBytes: 100_000 });
  const rendered = await Promise.all(
    Array.from({ length: outputs }, (_, index) => harness.simulator.output(id, index)),
  );
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

test.each<[string, Plan, number]>([
  // 15 s are kept back; then a minute must be left for a further output.
  ["a minute and the reserve", { outputs: 5, left: 75 }, 1],
  ["a second less", { outputs: 5, left: 74 }, 5],
  // Eight are begun at once, and a ninth is looked at when one of them is there: it may be twice as large. With nothing there
  // of the other seven that takes nine times as long as this one did; with all of them a quarter as long as the eight did.
  ["time for a further one twice as large as the largest", { outputs: 13, left: 900, download: 60 }, 1],
  ["too little for that", { outputs: 13, left: 900, download: 10_000 }, 2],
])("with %s left, in so many runs as it takes, each output is copied once", async (_, plan, runs) => {
  // Nobody looks at the pace of what is on its way: here it is about what is begun.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  await using transfer = await run(plan);
  const { harness, id, end, bodies } = transfer;
  await expectExact(harness, end, bodies);
  expect([transfer.runs, end.retries]).toEqual([runs, 0]);
  // Each was copied, and its source looked at before the deletion.
  expect(harness.simulator.project(id).downloads).toBe(2 * plan.outputs);
});

test("with no time at all each run ends itself, and the attempts are used up: nothing is deleted", async () => {
  await using transfer = await run({ outputs: 5, left: 15 });
  const { harness, id, end } = transfer;
  expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed", retries: 8 });
  expect(end.cause).toMatch(/: the function's time is up$/);
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
