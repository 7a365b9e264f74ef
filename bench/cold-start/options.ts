import { parseArgs } from "node:util";

/** What the bench is asked to do. */
export interface BenchOptions {
  /** Print one JSON object alone on stdout, and everything else on stderr. Default false. */
  readonly json: boolean;
  /** How often each bundle is loaded, 1 to 1,000. Default 15. */
  readonly rounds: number;
}

/** Reads the command line. @throws {Error} that says what is wrong with it */
export function readOptions(): BenchOptions {
  const { values } = parseArgs({
    options: { json: { type: "boolean", default: false }, rounds: { type: "string", default: "15" } },
  });
  const rounds = Number(values.rounds);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= 1_000) return { json: values.json, rounds };
  throw new RangeError("--rounds must be a whole number from 1 to 1000");
}
