/** What a measured program is asked, and what it tells: read from its first argument, written to the file that this names. */
import { writeFile } from "node:fs/promises";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";

/** One `checkResult` to be made. */
export interface ClientCall {
  /** Base URL of what plays the vendor, and its download host. */
  readonly baseUrl: string;
  /** Its API key. */
  readonly apiKey: string;
  /** The project; null has the program create one first, as a program does that then waits for it. */
  readonly id: string | null;
  /** Where outputs go: a directory that is not there yet. */
  readonly directory: string;
  /** File that the report is written to. */
  readonly reportFile: string;
}

/** How a `checkResult` went, seen from inside its process. */
export interface ClientReport {
  /** Id of the project. */
  readonly id: string;
  /** Where its outputs are, in the project's order, as `checkResult` says. */
  readonly paths: readonly string[];
  /** Longest time that the event loop was late, in milliseconds. */
  readonly mostDelayMs: number;
  /** 99th percentile of the times that it was late, in milliseconds. */
  readonly p99DelayMs: number;
}

/** A client's `checkResult`. @returns the paths of what it saved, in the project's order */
type CheckResult = (call: ClientCall & { readonly id: string }) => Promise<readonly string[]>;

/** Milliseconds between two samples of the event loop: Node's own default. */
const sampleMs = 10;

/** Makes the call that this process was started for, writes the report, and ends the process. */
export function runClient(checkResult: CheckResult): void {
  report(JSON.parse(process.argv[2] ?? "") as ClientCall, checkResult).then(
    // Kept connections would hold the process for a while.
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
      process.exit(1);
    },
  );
}

async function report(call: ClientCall, checkResult: CheckResult): Promise<void> {
  const id = call.id ?? (await createProject(call));
  const delay = monitorEventLoopDelay({ resolution: sampleMs });
  delay.enable();
  const paths = await checkResult({ ...call, id });
  // What holds the loop at the very end is seen by the next sample.
  await setTimeout(sampleMs);
  delay.disable();
  // Node gives the time from one sample to the next: what is beyond the period is the delay.
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - sampleMs);
  const made: ClientReport = { id, paths, mostDelayMs: late(delay.max), p99DelayMs: late(delay.percentile(99)) };
  await writeFile(call.reportFile, JSON.stringify(made));
}

/** Creates a project, by the same request in every program. */
async function createProject({ baseUrl, apiKey }: ClientCall): Promise<string> {
  const answer = await fetch(`${baseUrl}/v1/ai-voice-generator`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ style: { prompt: "Hello, how are you?", voice_name: "Narrator" } }),
  });
  if (!answer.ok) throw new Error(`creating a project was answered with ${answer.status}`);
  const { id } = (await answer.json()) as { readonly id: string };
  return id;
}
