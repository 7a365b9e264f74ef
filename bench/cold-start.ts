/**
 * Cold starts: every function's bundle beside an empty handler, and a poll beside the same poll as one would write it first,
 * loaded as Lambda loads them, in turns. docs/performance.md says what is measured and how.
 *
 *     node bench/cold-start.ts [--json] [--rounds N]
 *
 * A missed target is exit code 1, an interruption 130.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleEntries } from "./cold-start/bundles.ts";
import { describeConditions } from "./cold-start/conditions.ts";
import { computeFigures } from "./cold-start/figures.ts";
import { takeLoads } from "./cold-start/loads.ts";
import { type BenchOptions, readOptions } from "./cold-start/options.ts";
import { startPolledServices } from "./cold-start/polled-services.ts";
import { formatTables } from "./cold-start/tables.ts";
import { missedTargets } from "./cold-start/targets.ts";

/** Measures, prints, and says whether no target is missed. */
async function runBench({ json, rounds }: BenchOptions, signal: AbortSignal): Promise<boolean> {
  await using open = new AsyncDisposableStack();
  const print = json ? console.error : console.log;
  print(`${(await describeConditions()).join("\n")}\n`);
  const directory = await mkdtemp(join(tmpdir(), "cold-start-"));
  open.defer(() => rm(directory, { recursive: true }));
  const bundles = await bundleEntries(directory);
  const services = await startPolledServices(open);
  const loads = await takeLoads(bundles, services, rounds, signal);
  const figures = computeFigures(bundles, loads);
  print(formatTables(bundles, loads, figures));
  const missed = missedTargets(figures);
  if (missed.length > 0) print(`\nTargets missed: ${missed.join(", ")}.`);
  if (json) console.log(JSON.stringify(figures));
  return missed.length === 0;
}

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interruption.abort());
try {
  process.exitCode = (await runBench(readOptions(), interruption.signal)) ? 0 : 1;
} catch (error) {
  console.error(interruption.signal.aborted ? "interrupted" : error);
  process.exitCode = interruption.signal.aborted ? 130 : 1;
}
