import { median } from "../copy/rounds.ts";
import type { CrowdResult } from "./crowd.ts";
import type { BenchOptions, PartName } from "./options.ts";

/** What `--json` prints; null is what was not measured. */
export interface Figures {
  /** Transfers of the crowd that ran at the same time. */
  readonly at_once: number | null;
  /** Transfers of either part that did not end as they have to, or whose manifest or output is not right. */
  readonly wrong: number;
  /** Largest resident set of the embedded cloud's process with the crowd, in MiB, the object store apart. */
  readonly peak_rss_mib: number | null;
  /** Share of our own code in the crowd's processor time. */
  readonly own_share: number | null;
  /** Crowd: processor time of a transfer, in milliseconds. No target. */
  readonly cpu_ms_per_transfer: number | null;
  /** Under the limit: the longest wait of a transfer by the median one, from start to end. */
  readonly longest_wait_vs_median: number | null;
  /** Under the limit: share of 429 in the requests after the first minute. */
  readonly throttled_share: number | null;
  /** Under the limit: total time by that of the requests that cannot be done without, two a transfer, at the limit's pace. */
  readonly total_vs_bound: number | null;
}

/** Requests that a transfer cannot do without: the poll that finds its project complete, and the copy's for fresh URLs. */
export const neededRequests = 2;

/** The results of the parts that were run. */
export type Results = Readonly<Partial<Record<PartName, CrowdResult>>>;

/** The figures. */
export function computeFigures({ crowd, limit }: Results, { projects, perSecond }: BenchOptions): Figures {
  const waits = limit?.transfers.map(({ milliseconds }) => milliseconds) ?? [];
  const late = limit?.traffic.afterFirstMinute;
  return {
    at_once: crowd?.mostAtOnce ?? null,
    wrong: (crowd?.problems.length ?? 0) + (limit?.problems.length ?? 0),
    peak_rss_mib: rounded(crowd?.peakMiB),
    own_share: rounded(crowd?.profile.ours),
    cpu_ms_per_transfer: rounded(crowd && (crowd.cpuSeconds * 1_000) / projects),
    longest_wait_vs_median: rounded(limit && waits.reduce((one, other) => Math.max(one, other), 0) / median(waits)),
    // Nobody has asked anything after the first minute: then nothing was refused.
    throttled_share: rounded(late && late.throttled / Math.max(1, late.requests)),
    total_vs_bound: rounded(limit && limit.totalSeconds / ((neededRequests * projects) / perSecond)),
  };
}

/** Four digits after the point; null for what was not measured. */
function rounded(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Number(value.toFixed(4));
}
