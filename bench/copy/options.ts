import { parseArgs } from "node:util";
import { parts } from "./parts.ts";
import type { PartName } from "./sample.ts";

/** What the bench is asked to do. */
export interface BenchOptions {
  /** Print one JSON object alone on stdout, and everything else on stderr. Default false. */
  readonly json: boolean;
  /** Rounds of every part. Default each part's own: 5, or 3 where a round takes long. */
  readonly rounds: number | undefined;
  /** Size of the usual source in bytes. Default 1 GiB. */
  readonly bytes: number;
  /** Parts to run. Default all. */
  readonly only: readonly PartName[];
  /** Where peers' programs are, when not in the usual places. */
  readonly programs: { readonly aws?: string; readonly rclone?: string };
}

/** Reads the command line. @throws {Error} that says what is wrong with it */
export function readOptions(): BenchOptions {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      rounds: { type: "string" },
      size: { type: "string", default: "1024" },
      only: { type: "string", multiple: true, default: [] },
      aws: { type: "string" },
      rclone: { type: "string" },
    },
  });
  const { json, aws, rclone } = values;
  return {
    json,
    rounds: values.rounds === undefined ? undefined : wholeNumber("--rounds", values.rounds, 100),
    // 16 times the size is to stay within the largest output that the function accepts, 16 GiB.
    bytes: wholeNumber("--size (MiB)", values.size, 1_024) * 1_024 ** 2,
    only: values.only.length === 0 ? (Object.keys(parts) as PartName[]) : values.only.map(partName),
    programs: { ...(aws !== undefined && { aws }), ...(rclone !== undefined && { rclone }) },
  };
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new RangeError(`${name} must be a whole number from 1 to ${most}`);
}

function partName(text: string): PartName {
  if (Object.hasOwn(parts, text)) return text as PartName;
  throw new RangeError(`--only must be one of ${Object.keys(parts).join(", ")}`);
}
