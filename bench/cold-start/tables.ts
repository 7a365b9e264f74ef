/** The result as Markdown, to be pasted into docs/performance.md as it is. */
import { type Bundles, type EntryName, entryNames } from "./bundles.ts";
import type { Figures } from "./figures.ts";
import type { Loads } from "./loads.ts";
import { missedTargets, targets } from "./targets.ts";

/** A Markdown table, its numbers to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** All tables: one row a bundle, and the figures against their targets. */
export function formatTables(bundles: Bundles, loads: Loads, figures: Figures): string {
  const rounds = loads.get("empty")?.length ?? 0;
  const times = rounds === 1 ? "one round" : `medians of ${rounds} rounds`;
  return [
    `### Bundles as they are loaded (${times})\n\n${bundleTable(bundles, loads, figures)}`,
    `### Against the targets\n\n${figureTable(figures)}`,
  ].join("\n\n");
}

function bundleTable({ entries }: Bundles, loads: Loads, { bundles }: Figures): string {
  const rows = entryNames.map((name) => {
    const { init_ms, rss_mib } = bundles[name];
    const size = (entries[name].bytes / 1_000).toFixed(1);
    return [labels[name] ?? name, init_ms.toFixed(1), spreadOf(loads, name), size, rss_mib.toFixed(1)];
  });
  return table(["bundle", "init ms", "least to most", "kB", "RSS MiB"], rows);
}

const labels: Partial<Record<EntryName, string>> = { empty: "(an empty handler)", naive: "(the naive poll)" };

function spreadOf(loads: Loads, name: EntryName): string {
  const times = (loads.get(name) ?? []).map(({ initMilliseconds }) => initMilliseconds);
  return `${Math.min(...times).toFixed(1)} to ${Math.max(...times).toFixed(1)}`;
}

function figureTable(figures: Figures): string {
  const { bundles: _, ...compared } = figures;
  const missed = missedTargets(figures);
  const bounds: Partial<Record<string, number>> = targets;
  const rows = Object.entries(compared).map(([name, value]) => {
    const most = bounds[name];
    if (most === undefined) return [`\`${name}\``, String(value), "", ""];
    return [`\`${name}\``, String(value), `at most ${most}`, missed.includes(name) ? "**missed**" : "met"];
  });
  return table(["figure", "measured", "target", ""], rows);
}
