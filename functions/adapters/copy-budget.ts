import { mostConnections } from "../domain/connection-growth.ts";
import { createDownloadConnections, type DownloadConnections } from "./download-connections.ts";
import type { GuardedHttp } from "./guarded-http.ts";
import { createHashThread, type HashThread } from "./hash-thread.ts";
import { createPartBuffers, type PartBuffers } from "./part-buffers.ts";

/** Bytes in buffers at once, whatever is copied: three parts of 8 MiB. One fills while two are on their way to S3. */
const mostBufferBytes = 24 * 1_024 ** 2;

/** What all outputs of one run share: memory, connections and a thread. */
export interface CopyBudget {
  /** Buffers for parts. */
  readonly buffers: PartBuffers;
  /** Connections to download hosts. */
  readonly connections: DownloadConnections;
  /** Where large outputs are hashed. */
  readonly hashing: HashThread;
  /** Closes all connections, those at work too, and ends the thread. */
  close(): void;
}

/**
 * The budget of one run.
 * @param signal ends its connections
 */
export function createCopyBudget(http: GuardedHttp, signal: AbortSignal): CopyBudget {
  const connections = createDownloadConnections(http, mostConnections, signal);
  const hashing = createHashThread();
  return {
    buffers: createPartBuffers(mostBufferBytes),
    connections,
    hashing,
    close() {
      connections.close();
      hashing.close();
    },
  };
}
