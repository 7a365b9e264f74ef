/**
 * The poll schedule beside others: what each costs and how late it finds out, on simulated projects. Simulated is only the
 * vendor and the time; ours is the product's own `decide`. docs/performance.md says how to read it.
 *
 *     node bench/polling.ts [--json] [--draws N] [--seed N] [--sigma S]
 *
 * A missed target is exit code 1.
 */
import { readOptions } from "./polling/options.ts";
import { simulate } from "./polling/simulation.ts";
import { breakEvenMiB, formatPrices, formatTables } from "./polling/tables.ts";
import { computeFigures, figureNames, isMet } from "./polling/targets.ts";

const { json, ...draws } = readOptions();
const print = json ? console.error : console.log;
const results = simulate(draws);
const figures = computeFigures(results);
print(`${draws.count} projects of each distribution, seed ${draws.seed}, sigma ${draws.sigma}.\n`);
print(`${formatPrices()}\n`);
print(formatTables(results, figures));
const [lognormal, queued] = [breakEvenMiB(results, "lognormal"), breakEvenMiB(results, "queued")];
print(`\nA function that waits is cheaper than ours below ${lognormal.toFixed(0)} MiB on the lognormal, and below`);
print(`${queued.toFixed(0)} MiB on the queued tails.`);
const missed = figureNames.filter((name) => !isMet(name, figures));
if (missed.length > 0) print(`\nTargets missed: ${missed.join(", ")}.`);
if (json) {
  const rows = Object.entries(results).map(([name, summaries]) => [name, Object.fromEntries(summaries)]);
  console.log(JSON.stringify({ ...draws, figures, ...Object.fromEntries(rows) }));
}
process.exitCode = missed.length === 0 ? 0 : 1;
