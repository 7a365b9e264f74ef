/** How many connections a download is worth, and how it was found out. Pure: samples go in, the next state comes out. */
export interface ConnectionGrowth {
  /** Connections wanted now. */
  readonly wanted: number;
  /** `settling`: the next sample is of a connection that only starts. `measuring`: it counts. `settled`: nothing changes any more. */
  readonly phase: "settling" | "measuring" | "settled";
  /** Bytes per second before the last growth, with half the connections. */
  readonly before?: number;
}

/** What came in some time. */
export interface GrowthSample {
  /** Bytes that came. */
  readonly bytes: number;
  /** In how many seconds. */
  readonly seconds: number;
  /** Whether the rest of the pipeline (hashing, sending to S3) was the slow part, so that another connection cannot help. */
  readonly isBusy: boolean;
}

/** Most connections of one download. */
export const mostConnections = 8;

/** Twice the connections must bring at least so many times the bytes, or they share one bottleneck. */
const leastGain = 1.25;

/** Before the first sample. */
export const oneConnection: ConnectionGrowth = { wanted: 1, phase: "settling" };

/**
 * The state after a sample: connections double while each doubling pays. A sample right after a growth does not count,
 * because TCP starts slowly.
 */
export function grow(state: ConnectionGrowth, { bytes, seconds, isBusy }: GrowthSample): ConnectionGrowth {
  const { wanted, phase, before } = state;
  if (phase === "settled") return state;
  if (phase === "settling") return { ...state, phase: "measuring" };
  if (isBusy) return state;
  const rate = bytes / seconds;
  if (before !== undefined && rate < before * leastGain) return { wanted: wanted / 2, phase: "settled" };
  if (wanted === mostConnections) return { wanted, phase: "settled" };
  return { wanted: wanted * 2, phase: "settling", before: rate };
}
