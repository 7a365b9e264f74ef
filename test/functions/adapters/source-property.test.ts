import fc from "fast-check";
import { expect, test } from "vitest";
import { sniffedBytes } from "../../../functions/domain/media-type.ts";
import {
  type Behaviour,
  changedTo,
  changedTotal,
  chunked,
  closeDelimited,
  contentRange,
  cutAt,
  drip,
  empty,
  gzipped,
  honest,
  htmlPage,
  ignoringRange,
  longerThanAnnounced,
  preconditionFailed,
  resetAt,
  resetBeforeHeaders,
  status,
} from "../../support/behaviour.ts";
import { hurrySampling } from "./hurried-sampling.ts";
import { audio, runOrigin } from "./running-source.ts";

const first = audio(8_192);

/** Another rendering of the output: no byte of it may follow a byte of the first, or the other way round. */
const second = first.map((byte) => 255 - byte).fill(1, 0, 1);

const bytes = fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 3_000 }));

/** One answer. A version keeps its tag: a server that gives one strong tag to two versions cannot be seen through. */
const behaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  { weight: 6, arbitrary: bytes.map(cutAt) },
  { weight: 3, arbitrary: bytes.map(resetAt) },
  { weight: 4, arbitrary: fc.constant(honest) },
  fc.constantFrom(closeDelimited, chunked, gzipped, htmlPage(), htmlPage("audio/mpeg"), empty),
  fc.constantFrom(ignoringRange, preconditionFailed, resetBeforeHeaders, { status: 206 }),
  fc.constantFrom(400, 403, 404, 416, 429, 500, 503).map(status),
  bytes.map(changedTotal),
  bytes.map(longerThanAnnounced),
  fc.tuple(bytes, bytes, bytes).map(([first, last, total]) => contentRange(`bytes ${first}-${last}/${total}`)),
  fc.constantFrom('"v1"', 'W/"v1"', null).map((etag) => changedTo({ etag })),
  fc
    .tuple(fc.constantFrom('"v2"', 'W/"v1"', null), fc.integer({ min: 1, max: 2_048 }))
    .map(([etag, size]) => changedTo({ etag, body: second.subarray(0, size) })),
);

const isStartOf = (version: Uint8Array, read: Buffer) => read.equals(version.subarray(0, read.length));

/** How the property is looked for. */
interface Trial {
  /** Least and most bytes of the output. */
  readonly sizes: readonly [number, number];
  /** Its tags. */
  readonly tags: readonly (string | null)[];
  /** Answers before those that may be anything. */
  readonly before: readonly Behaviour[];
  /** Besides each behaviour. */
  readonly pace: Behaviour;
  /** Runs, and how many of them must read a whole output: else the property would say nothing about whole bodies. */
  readonly runs: number;
  readonly whole: number;
}

/** @returns requests for a range of the first version that were answered in all runs */
async function check({ sizes: [min, max], tags, before, pace, runs, whole }: Trial): Promise<number> {
  let answers: readonly Behaviour[] = [];
  const scripted = { answered: 0 };
  const { open, readAll, origin } = await runOrigin({ body: first }, () => answers[scripted.answered++] ?? pace);
  let read = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min, max }),
      fc.constantFrom(...tags),
      fc.array(behaviour, { maxLength: 6 }),
      // What is looked at for its first bytes is in the first part.
      fc.integer({ min: sniffedBytes, max: 1_024 }),
      async (size, etag, script, partBytes) => {
        const usual = { body: first.subarray(0, size), etag };
        answers = [...before, ...script, ...Array.from({ length: 50 }, () => honest)].map((one) => ({
          ...pace,
          ...one,
          content: { ...usual, ...one.content },
        }));
        scripted.answered = 0;
        const pieces: Buffer[] = [];
        try {
          const source = await open();
          const all = await readAll(source, { partBytes, signal: AbortSignal.timeout(10_000) }, pieces);
          expect(all.length).toBe(source.bytes);
          expect(all.equals(usual.body) || isStartOf(second, all)).toBe(true);
          read += 1;
        } catch (error) {
          expect(error).toMatchObject({ name: expect.stringMatching(/^(CopyInterrupted|TransferFailed)$/) });
          expect(error).not.toMatchObject({ message: expect.stringContaining("time is up") });
          const some = Buffer.concat(pieces);
          expect(isStartOf(usual.body, some) || isStartOf(second, some)).toBe(true);
        }
      },
    ),
    { numRuns: runs },
  );
  expect(read).toBeGreaterThan(whole);
  return origin.requests.filter(({ headers }) => headers.range?.endsWith("-") === false).length;
}

const outcome = "the exact bytes of one version, or a named error, and never a byte of another";

test(`whatever the origin does: ${outcome}`, async () => {
  const tags = ['"v1"', 'W/"v1"', null];
  await check({ sizes: [1, 2_048], tags, before: [], pace: honest, runs: 300, whole: 30 });
});

test(`whatever it does while it is read over several connections: ${outcome}`, async () => {
  hurrySampling(3);
  // The whole, and a range that shows that there are ranges.
  const before = [honest, honest];
  const many = { sizes: [4_096, 8_192], tags: ['"v1"'], before, pace: drip(64, 1), runs: 60, whole: 5 } as const;
  expect(await check(many)).toBeGreaterThan(2 * many.runs);
});
