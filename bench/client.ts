/**
 * Our `AudioProjects.checkResult` beside the vendor's SDK: time, memory, event loop and polls, in one run, in turns, each in a
 * process of its own. docs/performance.md says what is measured and how.
 *
 *     node bench/client.ts [--json] [--rounds N] [--size MiB] [--only one|eight|one-throttled|eight-throttled|polls]…
 *
 * A missed target or a wrong byte is exit code 1, an interruption 130.
 */
import { computeFigures } from "./client/figures.ts";
import { type BenchOptions, readOptions } from "./client/options.ts";
import { type Bench, projectSeconds, runPart } from "./client/parts.ts";
import { setStage } from "./client/stage.ts";
import { formatTables } from "./client/tables.ts";
import { missedTargets } from "./client/targets.ts";
import { interruptMeasuredRuns, wasInterrupted } from "./copy/measured-run.ts";
import { describeConditions } from "./shared/conditions.ts";

/** What the result depends on, besides ours. */
const packages = ["magic-hour", "make-api-request-js", "node-fetch", "undici", "esbuild"];

/** Runs the parts that were asked for, prints them, and says whether all is right and no target missed. */
async function runBench({ json, only, bytes, rounds }: BenchOptions): Promise<boolean> {
  await using open = new AsyncDisposableStack();
  const print = json ? console.error : console.log;
  print(`${(await describeConditions(packages)).join("\n")}\n`);
  const bench: Bench = { stage: await setStage(open), bytes, rounds, copies: [], polls: [] };
  for (const part of only) await runPart(part, bench);

  const figures = computeFigures(bench.copies, bench.polls);
  print(formatTables(bench.copies, bench.polls, figures, projectSeconds));
  const missed = missedTargets(figures);
  if (missed.length > 0) print(`\nTargets missed: ${missed.join(", ")}.`);
  const wrong = [...bench.copies, ...bench.polls].filter(({ problems }) => problems.length > 0);
  for (const { client, problems } of wrong) print(`\nWrong, ${client}: ${problems.slice(0, 5).join("; ")}.`);
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
