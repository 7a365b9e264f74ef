import type { Copier, CopierName } from "./copier.ts";
import { type HashPasses, measureHashPasses } from "./hash-passes.ts";
import type { OriginMode } from "./origin-address.ts";
import { rotated } from "./rounds.ts";
import { type PartName, type Sample, type Task, takeSample, timedBucket } from "./sample.ts";
import { checkingBucket, distantBucket } from "./sink-body.ts";
import { forgetStored } from "./sink-state.ts";
import type { Stage } from "./stage.ts";

/** What all parts of the bench need. */
export interface Bench {
  /** Where they run. */
  readonly stage: Stage;
  /** Ours, the floor and the peers that are there. */
  readonly copiers: readonly Copier[];
  /** Size of the usual source, in bytes. */
  readonly bytes: number;
  /** Rounds of every part; undefined is each part's own number. */
  readonly rounds: number | undefined;
  /** Samples of all parts so far. */
  readonly samples: Sample[];
  /** Hash passes so far, over `bytes` each. */
  readonly passes: HashPasses[];
}

/** Bytes of each of the many small outputs: 1 MiB. */
export const smallBytes = 1_024 ** 2;

/** Number of the many small outputs. */
export const smallOutputs = 200;

/** How many times larger the growth part's source is: 16 GiB beside 1 GiB. */
export const growthFactor = 16;

/** The parts by name, in the order in which they run. */
export const parts: Readonly<Record<PartName, (bench: Bench) => Promise<void>>> = {
  async main(bench) {
    await check(bench, { part: "main", mode: "plain", outputs: 1, bytes: bench.bytes });
    for (let round = 0; round < (bench.rounds ?? 5); round += 1) {
      bench.passes.push(measureHashPasses(bench.bytes));
      await inTurn(bench, rotated(bench.copiers, round), whole(bench, "main", "plain"));
    }
  },
  async unranged(bench) {
    const copiers = bench.copiers.filter(({ name }) => name !== "raw pipe");
    for (const mode of ["noranges", "weak"] as const) {
      await check(bench, { part: "unranged", mode, outputs: 1, bytes: bench.bytes });
      for (let round = 0; round < (bench.rounds ?? 3); round += 1) {
        await inTurn(bench, rotated(copiers, round), whole(bench, "unranged", mode));
      }
    }
  },
  async small(bench) {
    const task = { part: "small", outputs: smallOutputs, bytes: smallBytes } as const;
    await check(bench, { ...task, mode: "plain" });
    const copiers = [copierOf(bench, "ours"), copierOf(bench, "lib-storage")];
    for (let round = 0; round < (bench.rounds ?? 5); round += 1) {
      const inOrder = rotated(copiers, round);
      await inTurn(bench, inOrder, { ...task, mode: "plain", bucket: timedBucket });
      await inTurn(bench, inOrder, { ...task, mode: "distant", bucket: distantBucket });
    }
  },
  async growth(bench) {
    const ours = [copierOf(bench, "ours")];
    const task = whole(bench, "growth", "plain");
    for (let round = 0; round < (bench.rounds ?? 3); round += 1) await inTurn(bench, ours, task);
    await inTurn(bench, ours, { ...task, bytes: growthFactor * bench.bytes });
  },
  async throttled(bench) {
    await check(bench, { part: "throttled", mode: "throttled", outputs: 1, bytes: bench.bytes });
    const others = bench.copiers.filter(({ name }) => name !== "ours");
    const task = whole(bench, "throttled", "throttled");
    for (let round = 0; round < (bench.rounds ?? 3); round += 1) {
      await inTurn(bench, [copierOf(bench, "ours")], task);
      await sideBySide(bench, others, task);
    }
  },
};

/** The usual source as a task. */
function whole({ bytes }: Bench, part: PartName, mode: OriginMode): Task {
  return { part, mode, outputs: 1, bytes, bucket: timedBucket };
}

/** A run of ours whose bytes the endpoint checks; it also warms the machine up for those that are timed. */
async function check(bench: Bench, task: Omit<Task, "bucket">): Promise<void> {
  await inTurn(bench, [copierOf(bench, "ours")], { ...task, bucket: checkingBucket });
}

async function inTurn({ stage, samples }: Bench, copiers: readonly Copier[], task: Task): Promise<void> {
  for (const copier of copiers) {
    await forgetStored(stage.sink.url);
    samples.push(await takeSample(stage, copier, task));
  }
}

/** All at once: for copiers that wait for a slow source for nearly all of their time, so that none takes it from another. */
async function sideBySide({ stage, samples }: Bench, copiers: readonly Copier[], task: Task): Promise<void> {
  await forgetStored(stage.sink.url);
  samples.push(...(await Promise.all(copiers.map((copier) => takeSample(stage, copier, task)))));
}

function copierOf({ copiers }: Bench, name: CopierName): Copier {
  const copier = copiers.find((candidate) => candidate.name === name);
  if (copier) return copier;
  throw new Error(`there is no copier ${name}`);
}
