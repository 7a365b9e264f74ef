import { channel } from "node:diagnostics_channel";

/** Progress of one output, published in the process that copies it. */
export interface CopyProgress {
  /** The project's id. */
  readonly id: string;
  /** Object key of the output. */
  readonly key: string;
  /** Bytes received so far. */
  readonly bytes: number;
  /** Bytes announced. */
  readonly total: number;
}

/**
 * Where progress is published. A `diagnostics_channel`, so that a host in the same process (the command line) can show
 * it and a host that does not care (Lambda) pays nothing.
 */
export const copyProgressChannel = channel("magic-hour-audio-transfer.copy-progress");
