import { expect, test } from "vitest";
import { formatBytes, formatClock } from "../../../../lib/local/terminal/format.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.0 kB"],
  [123_884, "123.9 kB"],
  [5_000_000_000, "5.0 GB"],
  [7e15, "7000.0 TB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, "00:00.0"],
  [61_550, "01:01.5"],
  [3_600_000, "60:00.0"],
  [-5, "00:00.0"],
])("%d milliseconds are %s", (milliseconds, text) => {
  expect(formatClock(milliseconds)).toBe(text);
});
