import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Behaviour,
  changedTo,
  changedTotal,
  chunked,
  closeDelimited,
  contentRange,
  cutAt,
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
import { audio, runOrigin } from "./running-source.ts";

const first = audio(2_048);

/** Another rendering of the output: no byte of it may follow a byte of the first, or the other way round. */
const second = first.map((byte) => 255 - byte).fill(1, 0, 1);

const bytes = fc.integer({ min: 0, max: 3_000 });

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

test("whatever the origin does: the exact bytes of one version, or a named error, and never a byte of another", async () => {
  let answers: readonly Behaviour[] = [];
  const scripted = { answered: 0 };
  const { open } = await runOrigin({ body: first }, () => answers[scripted.answered++]);
  let whole = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 2_048 }),
      fc.constantFrom('"v1"', 'W/"v1"', null),
      fc.array(behaviour, { maxLength: 6 }),
      async (size, etag, script) => {
        const usual = { body: first.subarray(0, size), etag };
        answers = [...script, ...Array.from({ length: 8 }, () => honest)].map((one) => ({
          ...one,
          content: { ...usual, ...one.content },
        }));
        scripted.answered = 0;
        const pieces: Uint8Array[] = [];
        try {
          const source = await open();
          for await (const piece of source.chunks) pieces.push(piece);
          const read = Buffer.concat(pieces);
          expect(read.length).toBe(source.bytes);
          expect(read.equals(usual.body) || isStartOf(second, read)).toBe(true);
          whole += 1;
        } catch (error) {
          expect(error).toMatchObject({ name: expect.stringMatching(/^(CopyInterrupted|TransferFailed)$/) });
          const read = Buffer.concat(pieces);
          expect(isStartOf(usual.body, read) || isStartOf(second, read)).toBe(true);
        }
      },
    ),
    { numRuns: 300 },
  );
  // Else the property would say nothing about whole bodies.
  expect(whole).toBeGreaterThan(30);
});
