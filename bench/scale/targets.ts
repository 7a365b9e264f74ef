import type { Figures } from "./figures.ts";

/** What a figure has to be. */
export interface Target {
  /** Its bound. */
  readonly bound: number;
  /** Which side of the bound is good. */
  readonly is: "at most" | "at least" | "below";
}

/** The targets, from issue 7. @param projects the transfers of the crowd */
export function targetsFor(projects: number): Readonly<Record<keyof Figures, Target>> {
  return {
    at_once: { is: "at least", bound: projects },
    wrong: { is: "at most", bound: 0 },
    peak_rss_mib: { is: "below", bound: 1_024 },
    own_share: { is: "at most", bound: 0.25 },
    cpu_ms_per_transfer: { is: "at least", bound: 0 },
    longest_wait_vs_median: { is: "at most", bound: 3 },
    throttled_share: { is: "below", bound: 0.02 },
    total_vs_bound: { is: "at most", bound: 1.25 },
  };
}

/** Whether a figure is as it has to be; one that was not measured is not missed. */
export function isMet(value: number | null, { is, bound }: Target): boolean {
  if (value === null) return true;
  if (is === "below") return value < bound;
  return is === "at most" ? value <= bound : value >= bound;
}
