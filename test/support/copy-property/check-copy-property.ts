/** The property itself: whatever goes wrong, the exact bytes of one version and true receipts, or a named error. */
import fc from "fast-check";
import { onTestFinished, vi } from "vitest";
import { type ScenarioBounds, scenarios } from "./arbitraries.ts";
import { startCopyWorld } from "./copy-world.ts";
import { driveCopy } from "./drive-copy.ts";
import { forgetRun } from "./forget-run.ts";
import { judgeCopy } from "./judge-copy.ts";

/**
 * How many runs the property of small outputs makes: 2,000 unless COPY_PROPERTY_RUNS asks for a longer soak. The others,
 * whose runs take longer, make a share of them.
 */
export const smallRuns = Number(process.env["COPY_PROPERTY_RUNS"] ?? 2_000);

/** How a property's runs ended, and what they asked for. */
export interface PropertyCounts {
  /** Transfers by their end: `manifest`, or the name of the error. */
  readonly ends: Readonly<Record<string, number>>;
  /** GETs of an output from a byte to the end, as a resume asks. */
  readonly resumes: number;
  /** GETs of an output from a byte to a byte. */
  readonly ranges: number;
}

/** What a property runs on. */
export interface PropertyOptions {
  /** What its scenarios are chosen from. */
  readonly bounds: ScenarioBounds;
  /** The cap that the function is configured with, in bytes. */
  readonly maxOutputBytes: number;
  readonly numRuns: number;
  /** Milliseconds after which no further run begins, also of those that look for a smaller failing case. */
  readonly timeLimit: number;
}

/**
 * Checks the property in the running test. A failure reports the smallest scenario that was found, with all that happened
 * in it; COPY_PROPERTY_SEED and COPY_PROPERTY_PATH (its seed and path) run it again.
 * @throws {Error} the report
 */
export async function checkCopyProperty(options: PropertyOptions): Promise<PropertyCounts> {
  const { bounds, maxOutputBytes, numRuns, timeLimit } = options;
  // The SDK waits between repeats for a random part of a back-off that grows: here for none of it.
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  onTestFinished(() => random.mockRestore());
  await using world = await startCopyWorld(maxOutputBytes);
  const ends: Record<string, number> = {};
  const property = fc.asyncProperty(scenarios(bounds), async (scenario) => {
    const run = world.begin(scenario);
    try {
      const all = await driveCopy(run, world);
      await judgeCopy(run, all, world);
      for (const { state, errors } of all) {
        const last = errors.at(-1);
        const end = state ? "manifest" : last instanceof Error ? last.name : "nothing";
        ends[end] = (ends[end] ?? 0) + 1;
      }
    } finally {
      await forgetRun(run, world);
    }
  });
  const { COPY_PROPERTY_SEED: seed, COPY_PROPERTY_PATH: path } = process.env;
  const again = { ...(seed && { seed: Number(seed) }), ...(path && { path }) };
  const limit = { interruptAfterTimeLimit: timeLimit, markInterruptAsFailure: true };
  await fc.assert(property, { numRuns, includeErrorInReport: true, ...limit, ...again });
  const asked = world.origin.requests.map(({ headers }) => headers.range ?? "");
  return {
    ends,
    resumes: asked.filter((range) => /^bytes=\d+-$/.test(range)).length,
    ranges: asked.filter((range) => /^bytes=\d+-\d+$/.test(range)).length,
  };
}
