import { parseArgs } from "node:util";

/** The parts of the bench: a crowd of transfers without a limit of the vendor's, and one under it. */
export const partNames = ["crowd", "limit"] as const;

/** One of {@link partNames}. */
export type PartName = (typeof partNames)[number];

/** What the bench is asked to do. */
export interface BenchOptions {
  /** Print one JSON object alone on stdout, and everything else on stderr. Default false. */
  readonly json: boolean;
  /** Transfers at once, in each part. Default 10,000. */
  readonly projects: number;
  /** Requests a second that the vendor lets in, in the part under its limit. Default 50. */
  readonly perSecond: number;
  /** Seconds that the vendor's refusals say in `Retry-After`. Default: they have none. */
  readonly retryAfterSeconds: number | undefined;
  /** Parts to run. Default all. */
  readonly only: readonly PartName[];
}

/** Reads the command line. @throws {Error} that says what is wrong with it */
export function readOptions(): BenchOptions {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      projects: { type: "string", default: "10000" },
      limit: { type: "string", default: "50" },
      "retry-after": { type: "string" },
      only: { type: "string", multiple: true, default: [] },
    },
  });
  const { json, only, "retry-after": retryAfter } = values;
  return {
    json,
    projects: wholeNumber("--projects", values.projects, 100_000),
    perSecond: wholeNumber("--limit", values.limit, 10_000),
    retryAfterSeconds: retryAfter === undefined ? undefined : wholeNumber("--retry-after", retryAfter, 3_600),
    only: only.length === 0 ? partNames : only.map(partName),
  };
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new RangeError(`${name} must be a whole number from 1 to ${most}`);
}

function partName(text: string): PartName {
  const found = partNames.find((name) => name === text);
  if (found) return found;
  throw new RangeError(`--only must be one of ${partNames.join(", ")}`);
}
