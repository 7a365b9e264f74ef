import { rotated } from "../copy/rounds.ts";
import { type CopyTask, takeCopySample } from "./copy-sample.ts";
import { takePollSample } from "./poll-sample.ts";
import { type CopyPartName, type CopySample, clientNames, type PartName, type PollSample } from "./sample.ts";
import type { Stage } from "./stage.ts";

/** What all parts of the bench need. */
export interface Bench {
  readonly stage: Stage;
  /** Size of the one large output, in bytes. */
  readonly bytes: number;
  /** Rounds of every part; undefined is each part's own number. */
  readonly rounds: number | undefined;
  /** Samples of the parts that save outputs, so far. */
  readonly copies: CopySample[];
  /** Samples of the part that waits, so far. */
  readonly polls: PollSample[];
}

/** Seconds that the polled project takes: the median of the vendor's own table, queue included. */
export const projectSeconds = 21;

/**
 * Seconds of them that it is queued: not at all, for a short and for a long time. How polls fall on its end depends on when it
 * is seen to begin rendering, so that one of these alone could be a lucky one.
 */
export const queuedSeconds = [0, 5, 10] as const;

/** How many outputs there are where there are several, as issue 6 has it: together they have half of the large one's bytes. */
const several = 8;

const copyParts: Readonly<Record<CopyPartName, Omit<CopyTask, "part" | "bytes"> & { readonly rounds: number }>> = {
  one: { mode: "plain", outputs: 1, rounds: 5 },
  eight: { mode: "plain", outputs: several, rounds: 5 },
  // The vendor's SDK waits for its one connection here for 41 s and 20 s.
  "eight-throttled": { mode: "throttled", outputs: several, rounds: 3 },
  "one-throttled": { mode: "throttled", outputs: 1, rounds: 3 },
};

/** Names of all parts, in the order in which they run. */
export const partNames: readonly PartName[] = [...(Object.keys(copyParts) as CopyPartName[]), "polls"];

/** Runs a part. */
export async function runPart(name: PartName, bench: Bench): Promise<void> {
  if (name === "polls") return poll(bench);
  const { rounds, mode, outputs } = copyParts[name];
  const bytes = outputs === 1 ? bench.bytes : bench.bytes / (2 * outputs);
  for (let round = 0; round < (bench.rounds ?? rounds); round += 1) {
    for (const client of rotated(clientNames, round)) {
      bench.copies.push(await takeCopySample(bench.stage, client, { part: name, mode, outputs, bytes }));
    }
  }
}

/** All at once: each waits for nearly all of its time, and none takes it from another. */
async function poll({ stage, rounds = 3, polls }: Bench): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const runs = queuedSeconds.flatMap((queued) =>
      clientNames.map((client) => takePollSample(stage, client, { queuedSeconds: queued, seconds: projectSeconds })),
    );
    // One that fails is not to leave the others to themselves.
    await Promise.allSettled(runs);
    const samples = await Promise.all(runs);
    polls.push(...samples);
    for (const sample of samples) tell(sample);
  }
}

/** One line for who watches, on stderr. */
function tell({ client, queuedSeconds: queued, polls, delaySeconds, problems }: PollSample): void {
  const wrong = problems.length > 0 ? ` WRONG: ${problems.join("; ")}` : "";
  console.error(
    `polls (queued ${queued} s) ${client}: ${polls} polls, seen after ${delaySeconds.toFixed(2)} s${wrong}`,
  );
}
