import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** Programs to run, the output of each piped into the next. */
export interface ProgramRun {
  /** Each program with its arguments. */
  readonly commands: readonly (readonly string[])[];
  /** Their whole environment: nothing is inherited, so that no proxy, profile or option of this machine takes part. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What programs took, from the start of the first to the exit of the last. */
export interface Measurement {
  /** Seconds. */
  readonly wallSeconds: number;
  /** User and system time of all processes, in seconds. */
  readonly cpuSeconds: number;
  /** Largest resident set, in MiB; the sum of those of a pipe's programs. */
  readonly peakMiB: number;
}

const measureProgram = fileURLToPath(new URL("measure.py", import.meta.url));

/** The process groups under way, by the id of their first process. */
const groups = new Set<number>();

let isInterrupted = false;

/** Whether {@link interruptMeasuredRuns} was called. */
export const wasInterrupted = () => isInterrupted;

/** Ends every measured program that is still running. */
export function endMeasuredRuns(): void {
  for (const group of groups) {
    try {
      process.kill(-group, "SIGKILL");
    } catch {
      // It ended by itself in this moment.
    }
  }
}

/** Ends every measured program, and lets none begin any more: the bench then fails, and clears up on its way out. */
export function interruptMeasuredRuns(): void {
  isInterrupted = true;
  endMeasuredRuns();
}

/**
 * Runs programs and measures them.
 * @param mostSeconds they are killed after so many
 * @throws {Error} with what they wrote to stderr, when one of them fails
 */
export async function runMeasured(run: ProgramRun, mostSeconds = 900): Promise<Measurement> {
  if (isInterrupted) throw new Error("interrupted");
  // A process group of its own, so that everything in it can be ended at once.
  const child = spawn("python3", [measureProgram, JSON.stringify(run)], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) {
    const [error] = await once(child, "error");
    throw new Error("python3 is needed to measure processes", { cause: error });
  }
  groups.add(pid);
  const timer = setTimeout(endMeasuredRuns, mostSeconds * 1_000);
  try {
    const [printed, complaint] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    const [program = []] = run.commands.slice(-1);
    const { exitCodes, ...measurement } = parseMeasurement(printed);
    if (exitCodes.length > 0 && exitCodes.every((code) => code === 0)) return measurement;
    throw new Error(
      `${program.slice(0, 3).join(" ")} … ended with ${exitCodes.join(", ")}: ${complaint.slice(-4_000)}`,
    );
  } finally {
    clearTimeout(timer);
    groups.delete(pid);
  }
}

function parseMeasurement(printed: string): Measurement & { readonly exitCodes: readonly number[] } {
  if (printed === "") return { wallSeconds: 0, cpuSeconds: 0, peakMiB: 0, exitCodes: [] };
  return JSON.parse(printed);
}
