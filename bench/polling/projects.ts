/** The projects that are drawn. All times are seconds since the project was created. */
import { lognormal, type Random } from "./random.ts";

/** One project, and when a transfer of it starts. */
export interface DrawnProject {
  /** When the transfer starts. */
  readonly transferStart: number;
  /** When its status becomes `rendering`; until then it is `queued`. The end, where nobody ever sees it rendering. */
  readonly renderingStart: number;
  /** When it is complete: its duration. */
  readonly end: number;
}

/** Median of the vendor's table for audio, queue included, in seconds. */
const vendorMedian = 21;

/**
 * Spread of the lognormal. The vendor calls a queue of up to 5 min normal. Read as "one in a hundred takes longer":
 * ln(300 / 21) / 2.326 = 1.143, for a mean of 21 × exp(1.143² / 2) = 40 s. Read as one in twenty it would be
 * ln(300 / 21) / 1.645 = 1.616 and the mean 78 s, for which `--sigma 1.616` is there.
 */
export const defaultSigma = 1.143;

/** Longest queue, in seconds: 30 min, at which the vendor's guide gives up. */
const longestQueue = 1_800;

/** Share of projects that a queue's tail holds up: an assumption, nothing is published. */
const queuedShare = 0.2;

/** Of a project that is not held up, the share of its duration in which it renders: an assumption. */
const renderingShare = 0.5;

/** Names of the distributions, in the order in which they are run. */
export const distributionNames = ["lognormal", "queued", "uniform", "late", "adversarial"] as const;

/** One of {@link distributionNames}. */
export type DistributionName = (typeof distributionNames)[number];

/** What a distribution is, for the tables. */
export const distributionTitles: Readonly<Record<DistributionName, string>> = {
  lognormal: "Lognormal around the vendor's median of 21 s",
  queued: "Queued tails: one in five waits for up to 30 min more",
  uniform: "Uniform, 0 to 30 min",
  late: "Queued tails, and transfers that start at any time of a project's life",
  adversarial: "Adversarial: complete just after each poll of the schedule itself, up to 30 min",
};

/** Draws from the distributions that do not depend on a schedule. */
export const draws: Readonly<
  Record<Exclude<DistributionName, "adversarial">, (random: Random, sigma: number) => DrawnProject>
> = {
  lognormal: unhindered,
  queued: heldUp,
  uniform: (random) => {
    const end = random() * longestQueue;
    return { transferStart: 0, renderingStart: end * (1 - renderingShare), end };
  },
  late: (random, sigma) => {
    const project = heldUp(random, sigma);
    return { ...project, transferStart: project.end * random() };
  },
};

function unhindered(random: Random, sigma: number): DrawnProject {
  const end = lognormal(random, vendorMedian, sigma);
  return { transferStart: 0, renderingStart: end * (1 - renderingShare), end };
}

/** A project of the lognormal that in one case of five waits in a queue of up to 30 min first. */
function heldUp(random: Random, sigma: number): DrawnProject {
  const { renderingStart, end, ...rest } = unhindered(random, sigma);
  const queue = random() < queuedShare ? random() * longestQueue : 0;
  return { ...rest, renderingStart: queue + renderingStart, end: queue + end };
}

/** The same project where the vendor never tells that it renders, which its `audio.started` may leave out, too. */
export function withoutRendering(project: DrawnProject): DrawnProject {
  return { ...project, renderingStart: project.end };
}
