import { prices } from "./prices.ts";
import type { DrawnProject } from "./projects.ts";
import type { Watch } from "./watch.ts";

/** A watched project. */
export interface Watched {
  readonly project: DrawnProject;
  readonly watch: Watch;
}

/** What a schedule does with the projects of a distribution: means of one transfer, and how late it is, in seconds. */
export interface Summary {
  readonly polls: number;
  readonly transitions: number;
  readonly gigabyteSeconds: number;
  readonly dollars: number;
  readonly meanDelay: number;
  readonly medianDelay: number;
  readonly p99Delay: number;
  readonly worstDelay: number;
  /** The largest share of what is allowed, the greater of 5 s and 15 % of the duration, that any delay takes. */
  readonly worstShare: number;
  /** Projects whose end was never found. Delays are those of the others. */
  readonly lost: number;
  /** Shortest time between two polls of one transfer. */
  readonly shortestGap: number;
}

/** The delay that is allowed, in seconds. */
export function allowedDelay(duration: number): number {
  return Math.max(5, 0.15 * duration);
}

/** Delay of a transfer that starts when the project is complete already is from the transfer's start. */
function delayOf({ project, watch }: Watched): number {
  return watch.detected - Math.max(project.end, project.transferStart);
}

/** Sums up the runs of one schedule on one distribution. */
export function summarize(runs: readonly Watched[], memoryMiB: number): Summary {
  const found = runs.filter(({ watch }) => Number.isFinite(watch.detected));
  const delays = found.map(delayOf).toSorted((one, other) => one - other);
  const at = (share: number) => delays[Math.min(delays.length - 1, Math.floor(share * delays.length))] ?? Number.NaN;
  const mean = (figureOf: (watch: Watch) => number) =>
    runs.reduce((sum, run) => sum + figureOf(run.watch), 0) / runs.length;
  const transitions = mean((watch) => watch.transitions);
  const gigabyteSeconds = (mean((watch) => watch.billedSeconds) * memoryMiB) / 1_024;
  const dollars =
    transitions * prices.transition.dollars +
    gigabyteSeconds * prices.gigabyteSecond.dollars +
    mean((watch) => watch.calls) * prices.call.dollars +
    mean((watch) => watch.operations) * prices.operation.dollars;
  return {
    polls: mean((watch) => watch.polls.length),
    transitions,
    gigabyteSeconds,
    dollars,
    meanDelay: delays.reduce((sum, delay) => sum + delay, 0) / delays.length,
    medianDelay: at(0.5),
    p99Delay: at(0.99),
    worstDelay: at(1),
    worstShare: found.reduce((most, run) => Math.max(most, delayOf(run) / allowedDelay(run.project.end)), 0),
    lost: runs.length - found.length,
    shortestGap: runs.reduce((least, { watch }) => Math.min(least, shortestGap(watch.polls)), Number.POSITIVE_INFINITY),
  };
}

function shortestGap(polls: readonly number[]): number {
  return polls.reduce((least, time, index) => {
    const before = polls[index - 1];
    return before === undefined ? least : Math.min(least, time - before);
  }, Number.POSITIVE_INFINITY);
}
