/**
 * Ten thousand transfers at once on the embedded cloud: first as fast as it can, then under a limit of the vendor's. The vendor
 * and the object store are processes of their own, so that memory and profile are the cloud's alone. docs/performance.md says
 * what is measured and how.
 *
 *     node bench/scale.ts [--json] [--projects N] [--limit PER_SECOND] [--retry-after SECONDS] [--only crowd|limit]…
 *
 * A missed target or a wrong manifest is exit code 1.
 */
import { arch, availableParallelism, cpus } from "node:os";
import { synthesizeTransfer } from "../lib/local/synthesized-transfer.ts";
import { sendCrowd } from "./scale/crowd.ts";
import { computeFigures, type Figures, type Results } from "./scale/figures.ts";
import { type BenchOptions, readOptions } from "./scale/options.ts";
import { formatTables } from "./scale/tables.ts";
import { isMet, targetsFor } from "./scale/targets.ts";

/** Seconds until a project of the crowd is complete: all transfers have started by then. */
const crowdRendering = 30;

/** Runs the parts that were asked for, prints them, and says whether all is right and no target missed. */
async function runBench(options: BenchOptions): Promise<boolean> {
  const { json, only, projects, perSecond, retryAfterSeconds } = options;
  const print = json ? console.error : console.log;
  const machine = `${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores, ${arch()}`;
  print(`${new Date().toISOString().slice(0, 10)}, ${machine}, Node ${process.version}\n`);
  const transfer = await synthesizeTransfer();
  const rateLimit = { perSecond, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  const results: Results = {
    ...(only.includes("crowd") && { crowd: await sendCrowd(transfer, { projects, renderingSeconds: crowdRendering }) }),
    ...(only.includes("limit") && { limit: await sendCrowd(transfer, { projects, renderingSeconds: 0, rateLimit }) }),
  };
  const figures = computeFigures(results, options);
  print(formatTables(results, figures, options));
  const targets = targetsFor(projects);
  const missed = (Object.keys(targets) as (keyof Figures)[]).filter((name) => !isMet(figures[name], targets[name]));
  if (missed.length > 0) print(`\nTargets missed: ${missed.join(", ")}.`);
  for (const [part, { problems }] of Object.entries(results)) {
    if (problems.length > 0) print(`\nWrong in ${part}: ${problems.slice(0, 5).join("; ")}.`);
  }
  if (json) console.log(JSON.stringify(figures));
  return missed.length === 0;
}

try {
  process.exitCode = (await runBench(readOptions())) ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
