import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { type OriginMode, projectIdOf } from "../copy/origin-address.ts";
import { sourceDigest } from "../copy/source-digest.ts";
import type { ClientName, CopyPartName, CopySample } from "./sample.ts";
import { measureClient, nextRun, type Stage } from "./stage.ts";

/** What is to be saved. */
export interface CopyTask {
  readonly part: CopyPartName;
  readonly mode: OriginMode;
  /** Number of outputs. */
  readonly outputs: number;
  /** Size of each in bytes. */
  readonly bytes: number;
}

/** Has a client save a project's outputs, measures it, judges what it left and removes that. @throws {Error} when it fails */
export async function takeCopySample(stage: Stage, client: ClientName, task: CopyTask): Promise<CopySample> {
  const run = nextRun();
  const directory = join(stage.directory, `outputs-${run}`);
  const call = { baseUrl: stage.origin.url, apiKey: "bench", id: projectIdOf({ ...task, run }), directory };
  const { measurement, report } = await measureClient(stage, client, call);
  const problems = await judge(report.paths, task);
  await rm(directory, { recursive: true, force: true });
  // What one client left in the page cache is not to be written while the next one is timed.
  await promisify(execFile)("sync");
  const { mostDelayMs, p99DelayMs } = report;
  const sample = { ...task, ...measurement, client, mostDelayMs, p99DelayMs, problems };
  tell(sample);
  return sample;
}

/** What is wrong with the files, against the bytes of the source. */
async function judge(paths: readonly string[], { outputs, bytes }: CopyTask): Promise<string[]> {
  const problems = new Set(paths).size === outputs ? [] : [`${paths.length} of ${outputs} outputs are told of`];
  for (const [index, path] of paths.entries()) {
    const hash = createHash("sha256");
    await pipeline(createReadStream(path, { highWaterMark: 1_024 ** 2 }), hash);
    const { sha256 } = await sourceDigest({ bytes, index });
    if (hash.digest("hex") !== sha256) problems.push(`${path}: not the bytes of the source`);
  }
  return problems;
}

/** One line for who watches, on stderr: stdout is for the result. */
function tell({ part, client, wallSeconds, cpuSeconds, peakMiB, mostDelayMs, problems }: CopySample): void {
  const figures = `${wallSeconds.toFixed(2)} s, CPU ${cpuSeconds.toFixed(2)} s, ${peakMiB.toFixed(0)} MiB`;
  const wrong = problems.length > 0 ? ` WRONG: ${problems.slice(0, 3).join("; ")}` : "";
  console.error(`${part} ${client}: ${figures}, loop late by ${mostDelayMs.toFixed(0)} ms at most${wrong}`);
}
