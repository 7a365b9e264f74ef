import { basename } from "node:path";
import type { CopyProgress } from "../../../functions/adapters/copy-meter.ts";
import { formatBytes } from "./format.ts";

/** Lines about outputs stand below those of their step, under its words. */
export const indent = " ".repeat(11);

/** An output's name for people: the last segment of its object key. */
export function nameOf(key: string): string {
  return basename(key);
}

/** How much of an output is there: `12.3 MB of 48.0 MB`. */
export function sizeOf({ bytes, total }: CopyProgress): string {
  return `${formatBytes(bytes)} of ${formatBytes(total)}`;
}

/** Seconds that an output has been on its way; NaN before its first byte. */
export function secondsOf({ bytes, bytesPerSecond }: CopyProgress): number {
  return bytes / bytesPerSecond;
}

/** How an output comes: its speed, and what is out of the ordinary: `25.3 MB/s, 4 connections, 1 resume`. */
export function describePace(progress: CopyProgress): string {
  const { connections } = progress;
  const many = connections > 1 ? [`${connections} connections`] : [];
  return [speedOf(progress), ...many, ...troubles(progress)].join(", ");
}

/** Least seconds that an output took for its speed to say something. */
const shortestTold = 1;

/** An output that came whole, as a line. */
export function describeComplete(progress: CopyProgress): string {
  const speed = secondsOf(progress) >= shortestTold ? [speedOf(progress)] : [];
  const pace = [...speed, ...troubles(progress)].join(", ");
  return [`${indent}${nameOf(progress.key)}`, formatBytes(progress.total), ...(pace ? [pace] : [])].join("  ");
}

/** An output that came in part, when its step ended or something else is to be said, as a line. */
export function describePart(progress: CopyProgress): string {
  return [`${indent}${nameOf(progress.key)}`, sizeOf(progress), describePace(progress)].join("  ");
}

function speedOf({ bytesPerSecond }: CopyProgress): string {
  return `${formatBytes(Math.round(bytesPerSecond))}/s`;
}

function troubles({ retries, resumes, refreshes }: CopyProgress): string[] {
  const counted: [number, string, string][] = [
    [resumes, "resume", "resumes"],
    [retries, "retry", "retries"],
    [refreshes, "fresh URL", "fresh URLs"],
  ];
  return counted.flatMap(([count, one, more]) => (count > 0 ? [`${count} ${count === 1 ? one : more}`] : []));
}
