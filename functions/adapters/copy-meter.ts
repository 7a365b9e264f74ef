import { channel } from "node:diagnostics_channel";

/** Progress of one output, published in the process that copies it. */
export interface CopyProgress {
  /** The project's id. */
  readonly id: string;
  /** Object key of the output. */
  readonly key: string;
  /** Bytes received so far; fewer than before when the copy starts over. */
  readonly bytes: number;
  /** Bytes announced. */
  readonly total: number;
  /** Bytes per second, since the output was opened. */
  readonly bytesPerSecond: number;
  /** Connections at work on it. */
  readonly connections: number;
  /** Times that S3 was asked again, that the download was resumed, and that its URL was fetched anew. */
  readonly retries: number;
  readonly resumes: number;
  readonly refreshes: number;
}

/**
 * Where progress is published. A `diagnostics_channel`, so that a host in the same process (the command line) can show
 * it and a host that does not care (Lambda) pays nothing.
 */
export const copyProgressChannel = channel("magic-hour-audio-transfer.copy-progress");

/** What was counted over some time. */
export interface CopyCounts {
  /** Bytes received from download hosts, those of copies that started over included. */
  readonly bytes: number;
  /** Times that a call to S3 was made again. */
  readonly retries: number;
  /** Downloads that were resumed where they broke off. */
  readonly resumes: number;
  /** Fresh URLs that were fetched. */
  readonly refreshes: number;
}

/** Counts what a copy does. */
export interface CopyMeter {
  /** So many bytes were received. */
  received(bytes: number): void;
  /** A call to S3 took so many attempts more than one; 0 is no change. */
  retried(times: number): void;
  /** A download was resumed. */
  resumed(): void;
  /** A fresh URL was fetched. */
  refreshed(): void;
  /** All counts so far. */
  readonly counts: CopyCounts;
}

/**
 * A meter at zero.
 * @param run counts the same, for all that is copied besides. Default none
 * @param changed called after each change
 */
export function createCopyMeter(run?: CopyMeter, changed: () => void = () => undefined): CopyMeter {
  const counts = { bytes: 0, retries: 0, resumes: 0, refreshes: 0 };
  return {
    counts,
    received(bytes) {
      counts.bytes += bytes;
      run?.received(bytes);
      changed();
    },
    retried(times) {
      // Most calls are answered at once: nothing changed.
      if (times === 0) return;
      counts.retries += times;
      run?.retried(times);
      changed();
    },
    resumed() {
      counts.resumes += 1;
      run?.resumed();
      changed();
    },
    refreshed() {
      counts.refreshes += 1;
      run?.refreshed();
      changed();
    },
  };
}
