import { watchAtFixed, watchByVendorAdvice, watchDurably, watchInsideFunction } from "./alternatives.ts";
import { watchByDecide } from "./our-schedule.ts";
import type { Watcher } from "./watch.ts";

/** One row of a table. */
export interface Schedule {
  readonly watch: Watcher;
  /** Memory of the function that polls, in MiB. */
  readonly memoryMiB: number;
  /** Where it is not the same job and so not held against the targets: why. */
  readonly onlyShown?: string;
}

/** Memory of `Check status` (lib/cloud/copying-functions.ts), and of any function that only polls. */
const pollingMiB = 256;

/**
 * Memory of a function that waits and copies, as `check_result` does: that of our own copy, one whole core. The SDK holds the
 * whole output in memory besides.
 */
const copyingMiB = 1_769;

/** All schedules, ours first. */
export const schedules = {
  ours: { watch: watchByDecide, memoryMiB: pollingMiB },
  "fixed 1 s": { watch: watchAtFixed(1), memoryMiB: pollingMiB },
  "fixed 3 s": { watch: watchAtFixed(3), memoryMiB: pollingMiB },
  "fixed 10 s": { watch: watchAtFixed(10), memoryMiB: pollingMiB },
  "fixed 30 s": { watch: watchAtFixed(30), memoryMiB: pollingMiB },
  "vendor's advice": { watch: watchByVendorAdvice, memoryMiB: pollingMiB },
  "SDK in a waiting Lambda": { watch: watchInsideFunction, memoryMiB: copyingMiB },
  "durable functions": { watch: watchDurably, memoryMiB: pollingMiB },
  "(waiting Lambda, 256 MiB)": {
    watch: watchInsideFunction,
    memoryMiB: pollingMiB,
    onlyShown: "it only waits: the copy is another call's, which something has to make",
  },
} as const satisfies Record<string, Schedule>;

/** Name of a schedule. */
export type ScheduleName = keyof typeof schedules;

/** Names of all schedules, in their order. */
export const scheduleNames = Object.keys(schedules) as ScheduleName[];

/** The schedules that ours is held against. */
export const rivalNames = scheduleNames.filter((name) => name !== "ours" && !("onlyShown" in schedules[name]));
