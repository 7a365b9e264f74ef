/** The copying function in a process of its own for each call, which can be killed as Lambda kills one. */
import { fork } from "node:child_process";
import { once } from "node:events";
import type { TransferState } from "../../functions/contract.ts";
import type { Environment } from "../../functions/environment.ts";
import type { WorkflowFunction } from "../../functions/host.ts";
import type { TransferHarness } from "./transfer-harness.ts";

/** What a process is called with. */
export interface CallOfProcess {
  readonly environment: Environment;
  readonly state: TransferState;
  /** Milliseconds until it would be killed for being late. */
  readonly milliseconds: number;
  /** How much later than here it is there, in milliseconds. */
  readonly skippedMilliseconds: number;
}

/** Most bytes at once, seen at each piece that arrived (`process.memoryUsage`). */
export interface MemoryPeak {
  readonly external: number;
  readonly arrayBuffers: number;
  readonly heapUsed: number;
}

/** What a process says: a line of its log, how far an output is, and at last its state or its error. */
export type SaidByProcess =
  | { readonly line: object }
  | { readonly key: string; readonly bytes: number }
  | { readonly after: TransferState; readonly peak: MemoryPeak }
  | { readonly error: { readonly name: string; readonly message: string } };

/** One call of the function. */
export interface FunctionProcess {
  /** Which call it is, from 1. */
  readonly nth: number;
  /** Bytes that it received so far, of all outputs. */
  readonly received: number;
  /** Kills it (SIGKILL), at once. */
  kill(): void;
}

/** How the processes are run. */
export interface ProcessOptions {
  /** Told of each piece that arrived in a process. Default nobody. */
  readonly onProgress?: (process: FunctionProcess) => void;
  /** How much later it is for the nth call, in milliseconds. Default the harness's clock. */
  readonly skippedMilliseconds?: (nth: number) => number;
  /** Options of Node. Default none. */
  readonly execArgv?: readonly string[];
  /** Path of the bundle that each process runs: see copying-bundle.ts. */
  readonly bundle: string;
}

/** The processes of a harness. */
export interface FunctionProcesses {
  /** All calls so far. */
  readonly calls: readonly FunctionProcess[];
  /** The memory of those that came to their end. */
  readonly peaks: readonly MemoryPeak[];
}

/** How Lambda's runtime names the end of a process that was killed (`killedErrors` of lib/cloud/retry-policies.ts). */
class ExitError extends Error {
  override readonly name = "Runtime.ExitError";
}

/** Lets the copying function of a harness run in processes, for executions to come. */
export function useProcesses(
  harness: TransferHarness,
  { bundle, onProgress = () => undefined, skippedMilliseconds, execArgv = [] }: ProcessOptions,
): FunctionProcesses {
  const calls: FunctionProcess[] = [];
  const peaks: MemoryPeak[] = [];
  const call: WorkflowFunction = async (state, context) => {
    const child = fork(bundle, { execArgv: [...execArgv] });
    const received = new Map<string, number>();
    const running: FunctionProcess = {
      nth: calls.length + 1,
      get received() {
        return [...received.values()].reduce((sum, bytes) => sum + bytes, 0);
      },
      kill: () => void child.kill("SIGKILL"),
    };
    calls.push(running);
    const exit = once(child, "exit");
    const { promise: said, resolve, reject } = Promise.withResolvers<TransferState>();
    child.on("message", (message: SaidByProcess) => {
      if ("line" in message) harness.host.sink.info(message.line);
      else if ("error" in message)
        reject(Object.assign(new Error(message.error.message), { name: message.error.name }));
      else if ("after" in message) {
        peaks.push(message.peak);
        resolve(message.after);
      } else {
        received.set(message.key, message.bytes);
        onProgress(running);
      }
    });
    const later = skippedMilliseconds?.(running.nth) ?? harness.now() - Date.now();
    const milliseconds = context.getRemainingTimeInMillis();
    child.send({ environment: harness.cloud.environment, state, milliseconds, skippedMilliseconds: later });
    // What a killed process said before may still be on its way, but its end is what Lambda reports.
    void exit.then(([code, signal]) => reject(new ExitError(`Runtime exited with error: ${signal ?? code}`)));
    return said.finally(() => exit);
  };
  harness.wrap({ "download-outputs": () => call });
  return { calls, peaks };
}
