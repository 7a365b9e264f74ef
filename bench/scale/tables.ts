/** The result as Markdown, to be pasted into docs/performance.md as it is. */
import { median } from "../copy/rounds.ts";
import type { CrowdResult } from "./crowd.ts";
import type { Figures, Results } from "./figures.ts";
import type { BenchOptions } from "./options.ts";
import { owners } from "./profile.ts";
import { isMet, targetsFor } from "./targets.ts";

/** All tables: how the crowds went, where the processor's time went, and the figures against their targets. */
export function formatTables({ crowd, limit }: Results, figures: Figures, options: BenchOptions): string {
  const { projects, perSecond } = options;
  const parts: [string, CrowdResult][] = [
    ...(crowd ? [["no limit", crowd] as [string, CrowdResult]] : []),
    ...(limit ? [[`${perSecond} requests a second`, limit] as [string, CrowdResult]] : []),
  ];
  const crowds = `### ${projects.toLocaleString("en")} transfers at once\n\n${crowdTable(parts)}`;
  const profile = `### Where the cloud's processor time goes\n\n${profileTable(parts)}`;
  return [crowds, profile, `### Against the targets\n\n${figureTable(figures, projects)}`].join("\n\n");
}

function crowdTable(parts: readonly [string, CrowdResult][]): string {
  const rows = parts.map(([name, { transfers, totalSeconds, cpuSeconds, peakMiB, ...result }]) => {
    const waits = transfers.map(({ milliseconds }) => milliseconds / 1_000);
    const { all, afterFirstMinute } = result.traffic;
    return [
      name,
      totalSeconds.toFixed(1),
      median(waits).toFixed(1),
      Math.max(...waits).toFixed(1),
      String(all.requests),
      String(all.throttled),
      `${afterFirstMinute.throttled} of ${afterFirstMinute.requests}`,
      String(result.deferrals),
      String(result.retries),
      cpuSeconds.toFixed(1),
      peakMiB.toFixed(0),
      result.problems.length === 0 ? "yes" : "**no**",
    ];
  });
  const head =
    "vendor|total s|median wait s|longest wait s|requests|429|429 after the first minute|polls put off|retries";
  return table([...head.split("|"), "CPU s", "peak MiB", "correct"], rows);
}

function profileTable(parts: readonly [string, CrowdResult][]): string {
  const rows = owners.map((owner) => [
    owner,
    ...parts.map(([, { profile }]) => `${(100 * profile[owner]).toFixed(1)} %`),
  ]);
  return table(["whose code", ...parts.map(([name]) => name)], rows);
}

function figureTable(figures: Figures, projects: number): string {
  const rows = Object.entries(targetsFor(projects)).map(([name, target]) => {
    const value = figures[name as keyof Figures];
    const verdict = value === null ? "not measured" : isMet(value, target) ? "met" : "**missed**";
    return [`\`${name}\``, value === null ? "" : String(value), `${target.is} ${target.bound}`, verdict];
  });
  return table(["figure", "measured", "target", ""], rows);
}

/** A Markdown table. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}
