import type { ProjectSummary } from "../../functions/domain/project.ts";
import type { Receipt } from "../../functions/domain/receipt.ts";
import type { Verdict } from "../../functions/domain/verdict.ts";

/** How far the copy of one output is. */
export interface CopyUpdate {
  /** Its file's path, or its object key in the bucket. */
  readonly key: string;
  /** Bytes received so far; fewer than before when the copy starts over. */
  readonly bytes: number;
  /** Bytes announced. */
  readonly total: number;
  /** Bytes per second since its download was opened. */
  readonly bytesPerSecond: number;
}

/** What is known of a project at a moment. It holds no URL. */
export interface ProjectUpdate {
  /** The project's id. */
  readonly id: string;
  /** The vendor's raw word; null while it was not reached, or does not have the project. */
  readonly status: string | null;
  /** Our reading. */
  readonly verdict: Verdict;
  /** Polls so far. */
  readonly polls: number;
  /** Seconds until the next poll; only while one will follow. */
  readonly waitSeconds?: number;
  /** How far the copy of one output is; only while outputs are copied. */
  readonly progress?: CopyUpdate;
}

/** An output that is saved and verified. */
export interface SavedOutput extends Receipt {
  /** Where it is: an absolute path, or `s3://bucket/key`. */
  readonly where: string;
}

/** What a look at a project came to. */
export interface CheckResult {
  /** The project's id. */
  readonly id: string;
  /** Our reading: `complete`, or `pending` with `waitForCompletion: false`. Every other end is thrown. */
  readonly verdict: Verdict;
  /** The vendor's raw word; null when it no longer has the project and the manifest answers for it. */
  readonly status: string | null;
  /** The project without its download URLs. */
  readonly project: ProjectSummary;
  /** All outputs in the project's order, saved and verified; empty when nothing was to be downloaded. */
  readonly outputs: readonly SavedOutput[];
  /** Where they are, in the same order: what the vendor's SDK calls by this name. */
  readonly downloadedPaths: readonly string[];
  /** Where the manifest is: an absolute path, or `s3://bucket/key`. Only where outputs were saved. */
  readonly manifest?: string;
  /** Whether the remote project is deleted. */
  readonly deleted: "yes" | "not-requested";
  /** Number of polls. */
  readonly polls: number;
}
