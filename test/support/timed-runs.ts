/**
 * Runs of the copying function in virtual time, which passes where a test says so: for everybody, and second by second, so
 * that what the function looks at every second is looked at. Minutes of copying take milliseconds and go the same way
 * each time.
 */
import { setImmediate } from "node:timers/promises";
import { vi } from "vitest";
import type { TransferState } from "../../functions/contract.ts";
import type { WorkflowFunction } from "../../functions/host.ts";
import type { TransferHarness } from "./transfer-harness.ts";

/** Seconds that the function keeps back at the end of its time (functions/adapters/copy-outputs.ts). */
const keptBack = 15;

/** How runs are timed. */
export interface Timing {
  /** Seconds that each run has to copy, besides what is kept back. Default 885: Lambda's longest. */
  readonly seconds?: number;
  /** Runs after which one more is an error: else a test of what never ends would not end either. Default 20. */
  readonly mostRuns?: number;
}

/** A run that is over. */
export interface TimedRun {
  /** Seconds that were left to copy at its end; negative when it took longer than it may. */
  readonly secondsLeft: number;
  /** Keys that were copied, by the log, in the order in which they were finished. */
  readonly copied: readonly string[];
  /** What it said about more to copy; undefined when it failed. */
  readonly more: boolean | undefined;
}

/** Runs in virtual time. */
export interface TimedRuns extends Disposable {
  /** The runs so far. */
  readonly runs: readonly TimedRun[];
  /** Lets time pass, and everybody do something in each second of it. */
  pass(seconds: number): Promise<void>;
  /** Lets time pass in which nobody gets to do anything but what is done every second. */
  passAtOnce(seconds: number): void;
}

/** Times the copying function of a harness, for executions to come, until it is disposed of. */
export function timeRuns(harness: TransferHarness, { seconds = 885, mostRuns = 20 }: Timing = {}): TimedRuns {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const runs: TimedRun[] = [];
  const timed =
    (copy: WorkflowFunction): WorkflowFunction =>
    async (state) => {
      if (runs.length === mostRuns) throw new Error(`${mostRuns} runs did not do`);
      const ends = harness.now() + (seconds + keptBack) * 1_000;
      const logged = harness.log.length;
      const remaining = () => ends - harness.now();
      let after: TransferState | undefined;
      try {
        after = await copy(state, { getRemainingTimeInMillis: remaining });
        return after;
      } finally {
        const copied = harness.log.slice(logged).flatMap(copiedKey);
        runs.push({ secondsLeft: remaining() / 1_000 - keptBack, copied, more: after?.copy?.more });
      }
    };
  harness.wrap({ "download-outputs": timed });
  const passAtOnce = (passed: number) => {
    harness.skip(passed);
    vi.advanceTimersByTime(passed * 1_000);
  };
  return {
    runs,
    passAtOnce,
    async pass(passed) {
      for (let left = passed; left > 0; left -= 1) {
        passAtOnce(Math.min(1, left));
        await setImmediate();
      }
    },
    [Symbol.dispose]: () => void vi.useRealTimers(),
  };
}

function copiedKey(line: object): string[] {
  const { message, key } = line as { readonly message?: string; readonly key?: string };
  return message === "output copied" && key !== undefined ? [key] : [];
}
