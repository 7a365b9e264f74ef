import { type DistributionName, type DrawnProject, distributionNames, draws, withoutRendering } from "./projects.ts";
import { seededRandom } from "./random.ts";
import { type ScheduleName, scheduleNames, schedules } from "./schedules.ts";
import { type Summary, summarize } from "./summary.ts";
import type { Watcher } from "./watch.ts";

/** A row: one of the schedules, or ours where the vendor never says `rendering`. */
export type RowName = ScheduleName | typeof unseen;

/** Ours, of projects that are never seen rendering. */
export const unseen = "ours, rendering never seen";

/** The rows of every distribution. */
export type Results = Readonly<Record<DistributionName, ReadonlyMap<RowName, Summary>>>;

/** What is drawn. */
export interface Draws {
  readonly seed: number;
  /** Projects of each distribution. */
  readonly count: number;
  readonly sigma: number;
}

/** Seconds up to which the adversary looks for polls: 30 min. */
const adversarysHorizon = 1_800;

/** Runs every schedule on every distribution: on the same projects, but for the adversary, who looks at the schedule first. */
export function simulate(options: Draws): Results {
  const entries = distributionNames.map((name) => [name, runDistribution(name, options)] as const);
  return Object.fromEntries(entries) as Record<DistributionName, ReadonlyMap<RowName, Summary>>;
}

function runDistribution(name: DistributionName, options: Draws): ReadonlyMap<RowName, Summary> {
  const drawn = name === "adversarial" ? undefined : drawProjects(name, options);
  const run = (schedule: ScheduleName, change = (project: DrawnProject) => project): Summary => {
    const { watch, memoryMiB } = schedules[schedule];
    const projects = (drawn ?? justAfterPolls(watch, options.seed)).map(change);
    const runs = projects.map((project, index) => {
      // The adversary knows the dice, too. For the others every project has its own.
      const random = seededRandom(drawn ? options.seed + index : options.seed);
      return { project, watch: watch(project, random) };
    });
    return summarize(runs, memoryMiB);
  };
  return new Map<RowName, Summary>([
    ["ours", run("ours")],
    [unseen, run("ours", withoutRendering)],
    ...scheduleNames.slice(1).map((schedule): [RowName, Summary] => [schedule, run(schedule)]),
  ]);
}

function drawProjects(name: Exclude<DistributionName, "adversarial">, { seed, count, sigma }: Draws): DrawnProject[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => draws[name](random, sigma));
}

/** Projects that are complete a millisecond after a poll of this schedule saw them pending. */
function justAfterPolls(watch: Watcher, seed: number): DrawnProject[] {
  const endless = { transferStart: 0, renderingStart: Number.POSITIVE_INFINITY, end: adversarysHorizon };
  const { polls } = watch(endless, seededRandom(seed));
  return polls
    .filter((time) => time < adversarysHorizon)
    .map((time) => ({ transferStart: 0, renderingStart: Number.POSITIVE_INFINITY, end: time + 0.001 }));
}
