/**
 * Twelve outputs with time for about half of them in a run of the copying function: several runs, each output stored once.
 * In virtual time: see linked-outputs.ts.
 */
import { expect, test } from "vitest";
import { startLinkedOutputs } from "../support/linked-outputs.ts";
import type { TimedRun } from "../support/timed-runs.ts";
import { expectExact } from "../support/transfer-expectations.ts";

/** The same of each output. */
const each = <Value>(value: Value): Value[] => Array.from({ length: 12 }, () => value);

/** Bytes of each output. */
const bytes = 256 * 1_024;

/** Transfers twelve outputs over a link that takes so many seconds for each of them. */
async function transferTwelve(secondsEach: number) {
  const project = await startLinkedOutputs(each(bytes), { bytesPerSecond: () => bytes / secondsEach });
  const end = await project.transfer();
  return { ...project, end, runs: project.timed.runs };
}

/** All said that more is left but the last, none took longer than it may, and together they copied each output once. */
function expectInTime(runs: readonly TimedRun[]): void {
  expect(runs.map(({ more }) => more)).toEqual(runs.map((_, at) => at < runs.length - 1));
  for (const { secondsLeft } of runs) expect(secondsLeft).toBeGreaterThanOrEqual(0);
  const copied = runs.flatMap((run) => run.copied);
  expect([copied.length, new Set(copied).size]).toEqual([12, 12]);
}

test("an output is begun only while the time will do: each is downloaded, stored and read back once", async () => {
  // There is time for eight: once the first ones are over, another one could take twice as long as each of them did.
  await using project = await transferTwelve(100);
  const { harness, end, runs, bodies, gets, asked } = project;
  await expectExact(harness, end, bodies);
  expectInTime(runs);
  expect([runs.length, end.retries]).toEqual([2, 0]);
  // Every source is looked at once more, before the deletion.
  expect(gets).toEqual(each(1 + 1));
  expect(asked("PutObject")).toEqual(each(1));
  // By the deleting function.
  expect(asked("GetObject")).toEqual(each(1));
});

test("what turns out to be too much is left to the next run in time, and each output is stored once all the same", async () => {
  // There is time for five, and more are begun at once.
  await using project = await transferTwelve(175);
  const { harness, end, runs, bodies, gets, asked } = project;
  await expectExact(harness, end, bodies);
  expectInTime(runs);
  expect([end.retries, runs.length > 2, runs.every(({ copied }) => copied.length <= 5)]).toEqual([0, true, true]);
  // Some were begun and left, and begun again.
  expect(Math.max(...gets)).toBeGreaterThan(1 + 1);
  expect(asked("PutObject")).toEqual(each(1));
  expect(asked("GetObject")).toEqual(each(1));
});
