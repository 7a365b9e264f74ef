/** The result as Markdown, to be pasted into docs/performance.md as it is. */

import { connectionMiBs } from "./connection-pace.ts";
import type { CopierName } from "./copier.ts";
import { type Figures, middle } from "./figures.ts";
import type { HashPasses } from "./hash-passes.ts";
import { distantMilliseconds } from "./origin-address.ts";
import { smallBytes, smallOutputs } from "./parts.ts";
import { median } from "./rounds.ts";
import type { Sample } from "./sample.ts";
import { figureNames, isMet, targets } from "./targets.ts";

const mebibyte = 1_024 ** 2;
const gibibyte = 1_024 ** 3;

/** A Markdown table. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** All tables: one for each group of runs of the same work, and the figures against their targets. */
export function formatTables(samples: readonly Sample[], passes: readonly HashPasses[], figures: Figures): string {
  const groups = Map.groupBy(samples, titleOf);
  const works = [...groups].map(([title, group]) => {
    const rounds = group.filter(({ isCheck, copier }) => !isCheck && copier === "ours").length;
    const [first] = group;
    const hashRows = first?.part === "main" ? hashPassRows(passes, first.bytes) : [];
    const times = rounds === 1 ? "one round" : `medians of ${rounds} rounds`;
    return `### ${title} (${times})\n\n${copierTable(group, hashRows)}`;
  });
  return [...works, `### Against the targets\n\n${figureTable(figures)}`].join("\n\n");
}

/** What a run was about; runs of one title are of the same work. */
function titleOf({ part, mode, bytes }: Sample): string {
  const size = sizeText(bytes);
  if (part === "small") {
    const answers = mode === "distant" ? `each answer after ${distantMilliseconds} ms` : "each answer at once";
    return `${smallOutputs} outputs of ${sizeText(smallBytes)}, ${answers}`;
  }
  if (part === "growth") return `Memory: ${size}`;
  return {
    plain: size,
    throttled: `${size}, ${connectionMiBs} MiB/s a connection`,
    noranges: `${size}, no ranges`,
    weak: `${size}, weak ETag`,
    distant: `${size}, each answer after ${distantMilliseconds} ms`,
  }[mode];
}

function copierTable(samples: readonly Sample[], more: readonly string[][]): string {
  const copiers = [...new Set(samples.map(({ copier }) => copier))].toSorted(byRank);
  const timed = samples.filter(({ isCheck }) => !isCheck);
  const rows = copiers.map((copier) => {
    const own = timed.filter((sample) => sample.copier === copier);
    const bytes = own[0]?.bytes ?? Number.NaN;
    const [wall, cpu] = [middle(own, copier, "wallSeconds"), middle(own, copier, "cpuSeconds")];
    const walls = own.map(({ wallSeconds }) => wallSeconds);
    const isRight = samples.every((sample) => sample.copier !== copier || sample.problems.length === 0);
    return [
      copier,
      wall.toFixed(2),
      `${Math.min(...walls).toFixed(2)} to ${Math.max(...walls).toFixed(2)}`,
      (bytes / mebibyte / wall).toFixed(0),
      (cpu / (bytes / gibibyte)).toFixed(2),
      Math.max(...own.map(({ peakMiB }) => peakMiB)).toFixed(0),
      isRight ? "yes" : "**no**",
    ];
  });
  const head = ["copier", "wall s", "least to most", "MiB/s", "CPU s/GiB", "peak MiB", "correct"];
  return table(head, [...rows, ...more]);
}

/** Ours first, then the floor, then the peers. */
const ranks: readonly CopierName[] = ["ours", "raw pipe", "lib-storage", "rclone", "curl | aws"];
const byRank = (one: CopierName, other: CopierName) => ranks.indexOf(one) - ranks.indexOf(other);

function hashPassRows(passes: readonly HashPasses[], bytes: number): string[][] {
  const row = (name: string, seconds: readonly number[]) => {
    const perGibibyte = (median(seconds) / (bytes / gibibyte)).toFixed(2);
    return [`(one ${name} pass)`, "", "", "", perGibibyte, "", ""];
  };
  return [
    row(
      "SHA-256",
      passes.map(({ sha256Seconds }) => sha256Seconds),
    ),
    row(
      "CRC32",
      passes.map(({ crc32Seconds }) => crc32Seconds),
    ),
  ];
}

function figureTable(figures: Figures): string {
  const rows = figureNames.map((name) => {
    const [value, { is, bound }] = [figures[name], targets[name]];
    const verdict = value === null ? "not measured" : isMet(name, figures) ? "met" : "**missed**";
    return [`\`${name}\``, value === null ? "" : String(value), `${is} ${bound}`, verdict];
  });
  return table(["figure", "measured", "target", ""], rows);
}

function sizeText(bytes: number): string {
  return bytes % gibibyte === 0 ? `${bytes / gibibyte} GiB` : `${bytes / mebibyte} MiB`;
}
