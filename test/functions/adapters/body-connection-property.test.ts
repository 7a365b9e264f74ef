import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  amply,
  answerWith,
  get,
  patterned,
  readBody,
  runBodyOrigin,
  splitAt,
  transports,
  turns,
  writeInPieces,
} from "./running-body-origin.ts";

/** Sizes around those of records of TLS (16 KiB), of the scratch (16 KiB), of reads (64 KiB) and of nothing. */
const around = (...sizes: readonly number[]) =>
  fc.tuple(fc.constantFrom(...sizes), fc.integer({ min: -2, max: 2 })).map(([size, by]) => Math.max(1, size + by));

const bodySizes = fc.oneof(around(1, 16_384, 32_768, 65_536), fc.integer({ min: 1, max: 200_000 }));
const bufferSizes = fc.array(fc.oneof(around(1_000, 16_384, 65_536), fc.integer({ min: 500, max: 150_000 })), {
  minLength: 1,
  maxLength: 4,
});
const packets = fc.array(fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 200_000 })), { maxLength: 8 });
const pauses = fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 });

/** How the answer after so many bytes of it goes on. */
const endings = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: "whole" as const, keeps: true }) },
  { weight: 1, arbitrary: fc.constant({ kind: "whole" as const, keeps: false }) },
  { weight: 2, arbitrary: fc.nat().map((at) => ({ kind: "cut" as const, at })) },
);

describe.each(transports)("over %s", (transport) => {
  test("whatever the packets, buffers and pauses: exactly the bytes, in order, or those before the break", async () => {
    let write: (socket: Parameters<typeof writeInPieces>[0]) => Promise<void> = async () => undefined;
    const origin = await runBodyOrigin(transport, (socket) => write(socket));
    let connection = await origin.connect();
    let opened = 1;
    const run = fc.record({ bytes: bodySizes, sizes: bufferSizes, packets, pauses, ending: endings, seed: fc.nat() });
    await fc.assert(
      fc.asyncProperty(run, async ({ bytes, sizes, packets: places, pauses: waits, ending, seed }) => {
        if (!connection.isFree) {
          connection = await origin.connect();
          opened += 1;
        }
        const body = patterned(bytes, seed);
        const keeps = ending.kind === "whole" && ending.keeps;
        const answer = answerWith(body, ...(keeps ? [] : ["connection: close"]));
        const sent = ending.kind === "cut" ? answer.length - 1 - (ending.at % bytes) : answer.length;
        write = async (socket) => {
          await writeInPieces(socket, splitAt(answer.subarray(0, sent), places));
          if (!keeps) socket.end();
        };
        await get(connection);
        let paused = 0;
        const pause = () => turns(waits[paused++ % waits.length]);
        const read = await readBody(connection, sizes, { pause, timeout: amply });
        const came = sent - (answer.length - body.length);
        expect(read.bytes.equals(body.subarray(0, came))).toBe(true);
        if (came === bytes) expect(read.error).toBeUndefined();
        else expect(read.error).toMatchObject({ name: "NetworkFault", code: "ended early" });
        expect([connection.left, connection.isFree]).toEqual([bytes - came, keeps]);
      }),
      { numRuns: 80 },
    );
    // Every connection that could be kept was: one is opened only after one that ended.
    expect(origin.sockets).toHaveLength(opened);
  });
});
