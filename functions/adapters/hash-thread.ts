import { createHash } from "node:crypto";
import { Worker } from "node:worker_threads";
import { CopyInterrupted } from "../domain/errors.ts";

/** A SHA-256 over bytes that come in pieces, in order. */
export interface RunningHash {
  /**
   * Adds bytes. They must stay as they are until this resolves.
   * @throws {CopyInterrupted} when they will never be hashed: then they may change, too
   */
  add(bytes: Uint8Array): Promise<void>;
  /**
   * The hash of all bytes, 64 hexadecimal digits; nothing may be added afterwards.
   * @throws {CopyInterrupted} when any of them was not hashed
   */
  finish(): Promise<string>;
}

/** Begins a hash in the thread of the caller. */
export function startHash(): RunningHash {
  const hash = createHash("sha256");
  return {
    async add(bytes) {
      hash.update(bytes);
    },
    finish: async () => hash.digest("hex"),
  };
}

/** A thread that computes SHA-256 beside the one that moves the bytes. */
export interface HashThread {
  /** Begins a hash over bytes of shared memory. Its first bytes start the thread. */
  start(): RunningHash;
  /** Ends the thread, and every hash that is not finished. */
  close(): void;
}

/** What the thread is asked: to add bytes to a hash, or to finish it. One answer each, in order. */
type Request = { readonly hash: number; readonly bytes?: Uint8Array };

/**
 * A thread for hashing. Measured: SHA-256 takes 0.6 s a GiB, a quarter of all that a copy costs, and the copy is bound by the
 * one thread of its event loop (docs/performance.md). Bytes are shared with it, not sent to it.
 */
export function createHashThread(): HashThread {
  const waiting: PromiseWithResolvers<string>[] = [];
  let worker: Worker | undefined;
  let hashes = 0;
  let ended: CopyInterrupted | undefined;

  const end = (reason: string) => {
    ended ??= new CopyInterrupted(`the hashing thread ended: ${reason}`);
    for (const { reject } of waiting.splice(0)) reject(ended);
    void worker?.terminate();
  };
  const startWorker = (): Worker | undefined => {
    // It needs neither the environment, which holds secrets, nor the options of this process.
    const limits = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 };
    try {
      const started = new Worker(`(${hashInThread})()`, { eval: true, env: {}, execArgv: [], resourceLimits: limits });
      started.on("message", (answer: string) => waiting.shift()?.resolve(answer));
      started.on("error", (error) => end(messageOf(error)));
      started.on("exit", () => end("it was closed"));
      return started;
    } catch (error) {
      end(messageOf(error));
      return undefined;
    }
  };
  const ask = async (request: Request): Promise<string> => {
    if (ended) throw ended;
    worker ??= startWorker();
    // There may be no thread to be had.
    if (!worker) throw ended ?? new CopyInterrupted("the hashing thread did not start");
    const answer = Promise.withResolvers<string>();
    waiting.push(answer);
    worker.postMessage(request);
    return answer.promise;
  };

  return {
    start() {
      hashes += 1;
      const hash = hashes;
      return {
        async add(bytes) {
          if (!(bytes.buffer instanceof SharedArrayBuffer)) throw new TypeError("the bytes are not in shared memory");
          await ask({ hash, bytes });
        },
        finish: () => ask({ hash }),
      };
    },
    close: () => end("it was closed"),
  };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** What runs in the thread, from its text: it can use nothing from around it. */
function hashInThread(): void {
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  const { createHash } = process.getBuiltinModule("node:crypto");
  const hashes = new Map<number, ReturnType<typeof createHash>>();
  parentPort?.on("message", ({ hash: id, bytes }: Request) => {
    const hash = hashes.get(id) ?? createHash("sha256");
    if (bytes) {
      hashes.set(id, hash.update(bytes));
      parentPort.postMessage("");
    } else {
      hashes.delete(id);
      parentPort.postMessage(hash.digest("hex"));
    }
  });
}
