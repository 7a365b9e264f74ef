import { expect, test } from "vitest";
import { type CopyMeter, createCopyMeter } from "../../../functions/adapters/copy-meter.ts";

/** One of each. */
function countAll(meter: CopyMeter): void {
  meter.received(5);
  meter.received(7);
  meter.retried(3);
  meter.resumed();
  meter.refreshed();
}

test("a meter counts, and tells of each change when it is counted", () => {
  const seen: object[] = [];
  const meter = createCopyMeter(undefined, () => void seen.push({ ...meter.counts }));
  countAll(meter);
  const all = { bytes: 12, retries: 3, resumes: 1, refreshes: 1 };
  expect(meter.counts).toEqual(all);
  expect(seen).toEqual([
    { bytes: 5, retries: 0, resumes: 0, refreshes: 0 },
    { bytes: 12, retries: 0, resumes: 0, refreshes: 0 },
    { bytes: 12, retries: 3, resumes: 0, refreshes: 0 },
    { bytes: 12, retries: 3, resumes: 1, refreshes: 0 },
    all,
  ]);
});

test("a run's meter counts what all of its outputs' count", () => {
  const run = createCopyMeter();
  for (const meter of [createCopyMeter(run), createCopyMeter(run)]) countAll(meter);
  expect(run.counts).toEqual({ bytes: 24, retries: 6, resumes: 2, refreshes: 2 });
});

test("a call that was answered at once is no change", () => {
  let changes = 0;
  const run = createCopyMeter(undefined, () => {
    changes += 1;
  });
  createCopyMeter(run).retried(0);
  expect(changes).toBe(0);
});
