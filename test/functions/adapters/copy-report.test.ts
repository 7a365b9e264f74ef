import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type CopyMeter, createCopyMeter } from "../../../functions/adapters/copy-meter.ts";
import { type CopyReport, startCopyReport } from "../../../functions/adapters/copy-report.ts";
import { createLog } from "../../../functions/adapters/log.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A meter, and a report about it that was just begun. */
function begin(now: () => number = Date.now): { meter: CopyMeter; report: CopyReport; lines: object[] } {
  const meter = createCopyMeter();
  const lines: object[] = [];
  const sink = { info: (line: object) => void lines.push(line), warn: () => undefined };
  return { meter, lines, report: startCopyReport("cm1", meter, createLog(sink), now) };
}

const nothing = { bytes: 0, retries: 0, resumes: 0, refreshes: 0 };

test("every half a minute and at the end there is a line that counts from the one before on", () => {
  const { meter, report, lines } = begin();
  meter.received(30_000_000);
  meter.retried(2);
  vi.advanceTimersByTime(30_000);
  meter.received(6_000_000);
  meter.resumed();
  meter.refreshed();
  vi.advanceTimersByTime(30_000);
  meter.received(500_000);
  vi.advanceTimersByTime(250);
  report.end();
  const line = { id: "cm1", message: "copying", ...nothing };
  expect(lines).toEqual([
    { ...line, bytes: 30_000_000, seconds: 30, bytesPerSecond: 1_000_000, retries: 2 },
    { ...line, bytes: 6_000_000, seconds: 30, bytesPerSecond: 200_000, resumes: 1, refreshes: 1 },
    { ...line, bytes: 500_000, seconds: 0.25, bytesPerSecond: 2_000_000 },
  ]);
});

test("a copy that stands still says so, and nothing follows its end", () => {
  const { meter, report, lines } = begin();
  meter.received(1);
  vi.advanceTimersByTime(60_000);
  report.end();
  meter.received(1);
  vi.advanceTimersByTime(60_000);
  expect(lines).toMatchObject([{ bytes: 1 }, { ...nothing, seconds: 30, bytesPerSecond: 0 }]);
  expect(lines).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
});

test.each<[string, (meter: CopyMeter) => void, object]>([
  ["a byte", ({ received }) => received(1), { bytes: 1 }],
  ["a repeated call to S3", ({ retried }) => retried(1), { retries: 1 }],
  ["a resume", ({ resumed }) => resumed(), { resumes: 1 }],
  ["a fresh URL", ({ refreshed }) => refreshed(), { refreshes: 1 }],
])("%s is enough for a last line", (_, deed, counted) => {
  const { meter, report, lines } = begin();
  deed(meter);
  report.end();
  expect(lines).toMatchObject([{ ...nothing, ...counted }]);
});

test("a run that copied nothing, because all of it stood there, has no line", () => {
  const { report, lines } = begin();
  vi.advanceTimersByTime(20_000);
  report.end();
  expect(lines).toEqual([]);
});

test.each([
  ["within a millisecond", 0],
  ["while the clock is set back", -5_000],
])("a speed is a number, also %s", (_, passed) => {
  let now = 1_000_000;
  const { meter, report, lines } = begin(() => now);
  meter.received(7);
  now += passed;
  report.end();
  expect(lines).toMatchObject([{ seconds: 0.001, bytesPerSecond: 7_000 }]);
});
