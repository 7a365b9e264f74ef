import type { Figures } from "./figures.ts";

/** What a figure has to be. */
export interface Target {
  /** Its bound. */
  readonly bound: number;
  /** Which side of the bound is good. */
  readonly is: "at most" | "at least";
}

/** The targets, from issue 5. */
export const targets: Readonly<Record<keyof Figures, Target>> = {
  wall_vs_best_peer: { is: "at most", bound: 0.8 },
  cpu_vs_best_checksumming_peer: { is: "at most", bound: 0.8 },
  cpu_vs_floor_plus_hashes: { is: "at most", bound: 2 },
  peak_rss_mib: { is: "at most", bound: 128 },
  throttled_speedup: { is: "at least", bound: 4 },
  unranged_wall_vs_best_peer: { is: "at most", bound: 1.1 },
  many_small_speedup: { is: "at least", bound: 3 },
  many_small_speedup_at_once: { is: "at least", bound: 0 },
  rss_growth_mib: { is: "at most", bound: 10 },
};

/** Names of all figures, in their order. */
export const figureNames = Object.keys(targets) as (keyof Figures)[];

/** Whether a figure is as it has to be; one that was not measured is not missed. */
export function isMet(name: keyof Figures, figures: Figures): boolean {
  const [value, { is, bound }] = [figures[name], targets[name]];
  return value === null || (is === "at most" ? value <= bound : value >= bound);
}
