import { stripVTControlCharacters } from "node:util";

/** Blanks between two columns. */
const gap = "  ";

/**
 * Rows whose cells stand below each other, a line each. Colours take no room.
 * @param rows of texts without line breaks; a row may be shorter than others
 */
export function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  }
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - widthOf(cell))).join(gap);
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}

function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How long something took, in two units at most: `0.4 s`, `12 s`, `4 min 12 s`, `3 h 5 min`, `2 d 7 h`. @param milliseconds at least 0 */
export function formatTook(milliseconds: number): string {
  const units: [number, string, number, string][] = [
    [day, "d", hour, "h"],
    [hour, "h", minute, "min"],
    [minute, "min", second, "s"],
  ];
  const [large, name, small, rest] = units.find(([unit]) => milliseconds >= unit) ?? [];
  if (large === undefined || small === undefined) {
    return milliseconds < 10 * second
      ? `${(milliseconds / second).toFixed(1)} s`
      : `${Math.floor(milliseconds / second)} s`;
  }
  return `${Math.floor(milliseconds / large)} ${name} ${Math.floor((milliseconds % large) / small)} ${rest}`;
}

/** A time for people: UTC, to the second. @param time ISO 8601, UTC, with milliseconds */
export function formatTime(time: string): string {
  return time.replace(/\.\d+Z$/, "Z");
}
