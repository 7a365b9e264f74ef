import type { DrawnProject } from "./projects.ts";
import type { Random } from "./random.ts";

/** How a project was waited for. Times are seconds since it was created. */
export interface Watch {
  /** Times at which the vendor answered. */
  readonly polls: number[];
  /** When its end was found; infinite when it never was. */
  detected: number;
  /** State transitions of the loop. */
  transitions: number;
  /** Operations of durable functions. */
  operations: number;
  /** Lambda calls, and the seconds for which they are billed. */
  calls: number;
  billedSeconds: number;
}

/** A way of waiting. */
export type Watcher = (project: DrawnProject, random: Random) => Watch;

/** Before the first poll. */
export function beginWatch(): Watch {
  return { polls: [], detected: Number.POSITIVE_INFINITY, transitions: 0, operations: 0, calls: 0, billedSeconds: 0 };
}

/**
 * Seconds that one poll takes, and is billed for where it is a call of its own: the function's start when it is warm and
 * the vendor's answer. An assumption, the same for all.
 */
export const pollSeconds = 0.25;

/** Seconds from the end of a wait to the start of the next poll's function: transitions and the call. An assumption. */
export const lapSeconds = 0.1;

/** Seconds after which a loop is left alone: none of the distributions lasts longer. */
const horizonSeconds = 86_400;

/**
 * A loop that polls in a call of its own and waits outside of it.
 * @param waitAfter seconds to wait after the poll at this time (or null: it gives up), the number of polls until then included
 */
export function watchInLaps(
  project: DrawnProject,
  waitAfter: (time: number, polls: number) => number | null,
  charge: (watch: Watch, hasEnded: boolean) => void,
): Watch {
  const watch = beginWatch();
  for (let time = project.transferStart; time < project.transferStart + horizonSeconds; ) {
    time += pollSeconds;
    watch.polls.push(time);
    watch.calls += 1;
    watch.billedSeconds += pollSeconds;
    const hasEnded = time >= project.end;
    charge(watch, hasEnded);
    if (hasEnded) return Object.assign(watch, { detected: time });
    const wait = waitAfter(time, watch.polls.length);
    if (wait === null) return watch;
    time += wait + lapSeconds;
  }
  return watch;
}

/** `Check status` and `Settled?` at each poll, `Wait` between two: what the synthesized workflow has, too. */
export function chargeStates(watch: Watch, hasEnded: boolean): void {
  watch.transitions += hasEnded ? 2 : 3;
}
