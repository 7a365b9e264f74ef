import { parseArgs } from "node:util";
import { partNames } from "./parts.ts";
import type { PartName } from "./sample.ts";

/** What the bench is asked to do. */
export interface BenchOptions {
  /** Print one JSON object alone on stdout, and everything else on stderr. Default false. */
  readonly json: boolean;
  /** Rounds of every part. Default each part's own. */
  readonly rounds: number | undefined;
  /** Size of the one large output in bytes; eight outputs have a sixteenth of it each. Default 1 GiB. */
  readonly bytes: number;
  /** Parts to run. Default all. */
  readonly only: readonly PartName[];
}

/** Reads the command line. @throws {Error} that says what is wrong with it */
export function readOptions(): BenchOptions {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      rounds: { type: "string" },
      size: { type: "string", default: "1024" },
      only: { type: "string", multiple: true, default: [] },
    },
  });
  return {
    json: values.json,
    rounds: values.rounds === undefined ? undefined : wholeNumber("--rounds", values.rounds, 1, 100),
    // The SDK holds an output three times in memory.
    bytes: wholeNumber("--size (MiB)", values.size, 16, 1_024) * 1_024 ** 2,
    only: values.only.length === 0 ? partNames : values.only.map(partName),
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`${name} must be a whole number from ${least} to ${most}`);
}

function partName(text: string): PartName {
  const found = partNames.find((name) => name === text);
  if (found) return found;
  throw new RangeError(`--only must be one of ${partNames.join(", ")}`);
}
