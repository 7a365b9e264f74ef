/**
 * The copy beside its peers: ours, the raw pipe (the floor), lib-storage, rclone and curl piped to the AWS CLI, in one run,
 * from one origin to one S3 that discards, each in a process of its own. docs/performance.md says what is measured and how.
 *
 *     node bench/copy.ts [--json] [--rounds N] [--size MiB] [--only main|unranged|small|growth|throttled]…
 *                        [--aws PATH] [--rclone PATH]
 *
 * A missed target or a wrong byte is exit code 1, an interruption 130.
 */
import { describeConditions } from "./copy/conditions.ts";
import { findCopiers } from "./copy/copiers.ts";
import { computeFigures } from "./copy/figures.ts";
import { interruptMeasuredRuns, wasInterrupted } from "./copy/measured-run.ts";
import { type BenchOptions, readOptions } from "./copy/options.ts";
import { type Bench, parts } from "./copy/parts.ts";
import { findPeerPrograms } from "./copy/peer-programs.ts";
import type { PartName } from "./copy/sample.ts";
import { setStage } from "./copy/stage.ts";
import { formatTables } from "./copy/tables.ts";
import { figureNames, isMet } from "./copy/targets.ts";

/** Runs the parts that were asked for, prints them, and says whether all is right and no target missed. */
async function runBench({ json, only, programs: given, bytes, rounds }: BenchOptions): Promise<boolean> {
  await using open = new AsyncDisposableStack();
  const print = json ? console.error : console.log;
  const programs = findPeerPrograms(given);
  print(`${(await describeConditions(programs)).join("\n")}\n`);
  const stage = await setStage(open);
  const bench: Bench = { stage, copiers: findCopiers(stage, programs), bytes, rounds, samples: [], passes: [] };
  for (const part of Object.keys(parts) as PartName[]) if (only.includes(part)) await parts[part](bench);

  const figures = computeFigures(bench.samples, bench.passes, bytes);
  print(formatTables(bench.samples, bench.passes, figures));
  const missed = figureNames.filter((name) => !isMet(name, figures));
  if (missed.length > 0) print(`\nTargets missed: ${missed.join(", ")}.`);
  const wrong = bench.samples.filter(({ problems }) => problems.length > 0);
  for (const { part, mode, copier, problems } of wrong) {
    print(`\nWrong in ${part} (${mode}), ${copier}: ${problems.slice(0, 5).join("; ")}.`);
  }
  if (json) console.log(JSON.stringify(figures));
  return missed.length === 0 && wrong.length === 0;
}

// The first signal ends the run under way, whose failure clears everything up; a second one ends the bench at once.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interruptMeasuredRuns);
try {
  process.exitCode = (await runBench(readOptions())) ? 0 : 1;
} catch (error) {
  console.error(wasInterrupted() ? "interrupted" : error);
  process.exitCode = wasInterrupted() ? 130 : 1;
}
