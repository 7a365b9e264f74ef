/** The result as Markdown, to be pasted into docs/performance.md as it is. */
import { prices } from "./prices.ts";
import { type DistributionName, distributionNames, distributionTitles } from "./projects.ts";
import { schedules } from "./schedules.ts";
import type { Results } from "./simulation.ts";
import type { Summary } from "./summary.ts";
import { type Figures, figureNames, isMet, targets } from "./targets.ts";

/** A Markdown table. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** The unit prices. */
export function formatPrices(): string {
  const rows = Object.values(prices).map(({ what, dollars, unit, source }) => [
    what,
    String(Number(dollars.toPrecision(6))),
    unit,
    source,
  ]);
  return table(["price, us-east-1", "USD", "for a", "source"], rows);
}

/** All tables: one for each distribution, and the figures against their targets. */
export function formatTables(results: Results, figures: Figures): string {
  const tables = distributionNames.map((name) => `### ${distributionTitles[name]}\n\n${resultTable(results, name)}`);
  return [...tables, `### Against the targets\n\n${figureTable(figures)}`].join("\n\n");
}

const head = [
  "schedule",
  "polls",
  "transitions",
  "GB-s",
  "USD per million",
  "cost to ours",
  "mean s",
  "to ours",
  "median s",
  "p99 s",
  "worst s",
  "of allowed",
  "lost",
];

function resultTable(results: Results, name: DistributionName): string {
  const rows = results[name];
  const own = rows.get("ours");
  return table(
    head,
    [...rows].map(([row, summary]) => [row, ...cellsOf(summary, own ?? summary)]),
  );
}

function cellsOf(summary: Summary, own: Summary): string[] {
  return [
    summary.polls.toFixed(1),
    summary.transitions.toFixed(1),
    summary.gigabyteSeconds.toFixed(2),
    (summary.dollars * 1e6).toFixed(0),
    `× ${(summary.dollars / own.dollars).toFixed(2)}`,
    summary.meanDelay.toFixed(2),
    `× ${(summary.meanDelay / own.meanDelay).toFixed(2)}`,
    summary.medianDelay.toFixed(2),
    summary.p99Delay.toFixed(1),
    summary.worstDelay.toFixed(1),
    `${(summary.worstShare * 100).toFixed(0)} %`,
    String(summary.lost),
  ];
}

function figureTable(figures: Figures): string {
  const rows = figureNames.map((name) => {
    const { is, bound } = targets[name];
    const value = Number(figures[name].toFixed(3));
    return [`\`${name}\``, String(value), `${is} ${bound}`, isMet(name, figures) ? "met" : "**missed**"];
  });
  return table(["figure", "simulated", "target", ""], rows);
}

/**
 * Memory in MiB below which a function that waits is cheaper than our loop: with less it would be both cheaper and sooner, if
 * it did the same job.
 */
export function breakEvenMiB(results: Results, name: DistributionName): number {
  const { memoryMiB } = schedules["SDK in a waiting Lambda"];
  const [own, waiting] = [results[name].get("ours"), results[name].get("SDK in a waiting Lambda")];
  return own && waiting ? (memoryMiB * own.dollars) / waiting.dollars : Number.NaN;
}
