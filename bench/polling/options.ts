import { parseArgs } from "node:util";
import { defaultSigma } from "./projects.ts";
import type { Draws } from "./simulation.ts";

/** What the bench is asked to do. */
export interface PollingOptions extends Draws {
  /** Print one JSON object alone on stdout, and everything else on stderr. Default false. */
  readonly json: boolean;
}

/** Reads the command line. @throws {Error} that says what is wrong with it */
export function readOptions(): PollingOptions {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      draws: { type: "string", default: "10000" },
      seed: { type: "string", default: "20260822" },
      sigma: { type: "string", default: String(defaultSigma) },
    },
  });
  return {
    json: values.json,
    count: within("--draws", values.draws, [1, 1_000_000], Number.isInteger),
    seed: within("--seed", values.seed, [0, 2 ** 32 - 1], Number.isInteger),
    sigma: within("--sigma", values.sigma, [0, 5]),
  };
}

function within(
  name: string,
  text: string,
  [least, most]: readonly [number, number],
  isRight = Number.isFinite,
): number {
  const value = Number(text);
  if (text.trim() !== "" && isRight(value) && value >= least && value <= most) return value;
  const kind = isRight === Number.isInteger ? "a whole number" : "a number";
  throw new RangeError(`${name} must be ${kind} from ${least} to ${most}`);
}
