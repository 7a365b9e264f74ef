import type { Measurement } from "../copy/measured-run.ts";
import type { OriginMode } from "../copy/origin-address.ts";

/** Who is compared: our `AudioProjects`, and the vendor's SDK for Node. */
export type ClientName = "ours" | "vendor";

/** Both, in the order of the tables. */
export const clientNames: readonly ClientName[] = ["ours", "vendor"];

/** The parts of the bench in which outputs are saved. */
export type CopyPartName = "one" | "eight" | "one-throttled" | "eight-throttled";

/** All parts of the bench. */
export type PartName = CopyPartName | "polls";

/** One run of one client that saved outputs. */
export interface CopySample extends Measurement {
  readonly part: CopyPartName;
  readonly client: ClientName;
  /** How the origin served. */
  readonly mode: OriginMode;
  /** Number of outputs. */
  readonly outputs: number;
  /** Size of each in bytes. */
  readonly bytes: number;
  /** Longest time that its event loop was late, in milliseconds. */
  readonly mostDelayMs: number;
  /** 99th percentile of the times that its event loop was late, in milliseconds. */
  readonly p99DelayMs: number;
  /** What is wrong with what it left; none is correct. */
  readonly problems: readonly string[];
}

/** One run of one client that waited for a project. */
export interface PollSample extends Measurement {
  readonly client: ClientName;
  /** Seconds that the project was queued. */
  readonly queuedSeconds: number;
  /** Seconds from its creation to its completion. */
  readonly seconds: number;
  /** GETs of the project, up to the one that saw it complete: more are no polls, they belong to the download. */
  readonly polls: number;
  /** Seconds from its completion to the first GET that saw it, by the clock of the simulator. */
  readonly delaySeconds: number;
  /** Shortest time between two polls, in seconds. */
  readonly shortestGapSeconds: number;
  /** What is wrong with the run; none is right. */
  readonly problems: readonly string[];
}
