import type { ProgramRun } from "./measured-run.ts";
import type { OriginProject } from "./origin-address.ts";

/** One copy to be made: every output of a project at the origin, into a bucket. */
export interface CopyJob extends OriginProject {
  /** Bucket of the discarding S3. */
  readonly bucket: string;
}

/** A way to copy from the origin to S3. */
export interface Copier {
  /** What tables call it. */
  readonly name: CopierName;
  /** Beginning of the keys that the job's objects get. */
  keyPrefix(job: CopyJob): string;
  /** The programs that do the job, and nothing else: what they need besides is done here, before the time is taken. */
  prepare(job: CopyJob): Promise<ProgramRun> | ProgramRun;
}

/** Ours, the floor, and the peers. */
export type CopierName = "ours" | "raw pipe" | "lib-storage" | "rclone" | "curl | aws";

/** What ours is compared with: the raw pipe is no peer, it is the floor. */
export const peerNames: readonly CopierName[] = ["lib-storage", "rclone", "curl | aws"];

/** The peers that compute a checksum of every byte, as ours does. */
export const checksummingPeerNames: readonly CopierName[] = ["lib-storage", "curl | aws"];
