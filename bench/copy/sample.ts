import type { Copier, CopierName, CopyJob } from "./copier.ts";
import { judgeCopy } from "./judge-copy.ts";
import { type Measurement, runMeasured } from "./measured-run.ts";
import type { OriginMode } from "./origin-address.ts";
import { checkingBucket } from "./sink-body.ts";
import { readStored } from "./sink-state.ts";
import type { Stage } from "./stage.ts";

/** The parts of the bench. */
export type PartName = "main" | "throttled" | "unranged" | "growth" | "small";

/** One run of one copier. */
export interface Sample extends Measurement {
  /** Part that it belongs to. */
  readonly part: PartName;
  /** Who copied. */
  readonly copier: CopierName;
  /** How the origin served. */
  readonly mode: OriginMode;
  /** Bytes copied, of all outputs. */
  readonly bytes: number;
  /** Whether it was a run for correctness alone, whose figures count for nothing. */
  readonly isCheck: boolean;
  /** What is wrong with what it left; none is correct. */
  readonly problems: readonly string[];
}

let runs = 0;

/** What is to be copied, by whoever does it. */
export type Task = Pick<CopyJob, "mode" | "outputs" | "bytes" | "bucket"> & { readonly part: PartName };

/** Lets a copier do a task, measures it and judges what it left. @throws {Error} when it fails */
export async function takeSample(stage: Stage, copier: Copier, { part, ...task }: Task): Promise<Sample> {
  runs += 1;
  const job = { ...task, run: runs };
  const measurement = await runMeasured(await copier.prepare(job));
  const problems = await judgeCopy(await readStored(stage.sink.url), copier, job);
  const { mode, outputs, bytes } = task;
  const sample = { part, copier: copier.name, mode, bytes: outputs * bytes, isCheck: task.bucket === checkingBucket };
  tell({ ...sample, ...measurement, problems });
  return { ...sample, ...measurement, problems };
}

/** The bucket of the runs that count. */
export const timedBucket = "bench";

/** One line for who watches, on stderr: stdout is for the result. */
function tell({ part, mode, copier, isCheck, problems, wallSeconds, cpuSeconds, peakMiB }: Sample): void {
  const figures = `${wallSeconds.toFixed(2)} s, CPU ${cpuSeconds.toFixed(2)} s, ${peakMiB.toFixed(0)} MiB`;
  const wrong = problems.length > 0 ? ` WRONG: ${problems.slice(0, 3).join("; ")}` : "";
  console.error(`${part} (${mode}${isCheck ? ", checked, not timed" : ""}) ${copier}: ${figures}${wrong}`);
}
