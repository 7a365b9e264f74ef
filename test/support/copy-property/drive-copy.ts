/** The workflow around the copy: calls the function again for the rest, and after an error that may pass. */
import { setTimeout } from "node:timers/promises";
import type { TransferState } from "../../../functions/contract.ts";
import { passingErrorNames } from "../../../functions/domain/errors.ts";
import type { FunctionContext, WorkflowFunction } from "../../../functions/host.ts";
import type { CopyRun } from "./copy-run.ts";
import type { CopyWorld } from "./copy-world.ts";
import { outputKeyOf } from "./run-keys.ts";
import type { AttemptTime } from "./scenario.ts";

/** How a transfer ended: with the state that the function returned at last, or without one. */
export interface CopyEnd {
  /** The state of a copy that is done. */
  readonly state?: TransferState;
  /** What attempts threw, in order. */
  readonly errors: readonly unknown[];
}

/** Attempts after which a transfer is given up: by then every script has come to its end. */
const mostAttempts = 60;

/** Milliseconds after which an attempt hangs: no step of a scenario keeps one so long. */
const hanging = 30_000;

/** Milliseconds that the function keeps back at the end of its time. */
const reserve = 15_000;

/** Runs the transfers of a run to their ends. */
export async function driveCopy(run: CopyRun, world: CopyWorld): Promise<readonly CopyEnd[]> {
  const { scenario } = run;
  for (const [index, { before }] of scenario.outputs.entries()) {
    if (before === "open upload") await world.other.open(run, outputKeyOf(run, index));
    else if (before) await world.other.put(run, outputKeyOf(run, index), before);
  }
  const polled = await world.functions.checkStatus(
    { execution: { name: run.id, startedAt: new Date().toISOString() }, input: { id: run.id } },
    contextOf("plenty"),
  );
  const download = world.functions.take(scenario);
  const ends = await Promise.all(
    Array.from({ length: scenario.transfers }, () => driveTransfer(run, download, polled)),
  );
  // A client may be gone while S3 is still at work.
  while (run.pending.size > 0) await Promise.all(run.pending);
  return ends;
}

async function driveTransfer(run: CopyRun, download: WorkflowFunction, polled: TransferState): Promise<CopyEnd> {
  const errors: unknown[] = [];
  let state = polled;
  let invocations = 0;
  while (errors.length < mostAttempts) {
    const time = run.scenario.attempts[invocations] ?? "plenty";
    invocations += 1;
    const isShort = typeof time === "number";
    run.journal.push(`invocation ${invocations}: ${isShort ? `${time} ms` : time}`);
    try {
      run.isShort = isShort && run.scenario.transfers === 1;
      state = await inTime(download(state, contextOf(time)));
      run.journal.push(state.copy?.more ? "more is left" : "done");
      if (!state.copy?.more) return { state, errors };
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      run.journal.push(`${name}: ${message}`);
      errors.push(error);
      if (isFinal(error)) return { errors };
    }
  }
  return { errors };
}

/** Whether the workflow does not repeat it. */
export function isFinal(error: unknown): boolean {
  const name = error instanceof Error ? error.name : "";
  // As lib/cloud's retry policies have it: one that was too slow would be as slow again.
  return name === "CopyTooSlow" || !passingErrorNames.some((passing) => passing === name);
}

function contextOf(time: AttemptTime): FunctionContext {
  // 900 s is Lambda's longest; with less than 75 s left, no further output is begun.
  const milliseconds = time === "plenty" ? 900_000 : time === "one output" ? 60_000 : reserve + time;
  const end = Date.now() + milliseconds;
  return { getRemainingTimeInMillis: () => end - Date.now() };
}

async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  const over = new AbortController();
  const late = setTimeout(hanging, undefined, { signal: over.signal }).then(() => {
    throw new Error(`the attempt hangs: nothing came of it in ${hanging} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}
