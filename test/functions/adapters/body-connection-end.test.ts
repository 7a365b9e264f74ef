import { getEventListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { BodyConnection } from "../../../functions/adapters/body-connection.ts";
import { rejectionOf } from "../../support/everything-in.ts";
import {
  amply,
  answerWith,
  get,
  patterned,
  readBody,
  runBodyOrigin,
  soon,
  transports,
  turns,
  untouched,
  writeInPieces,
} from "./running-body-origin.ts";

const fault = (code: unknown = expect.any(String)) => expect.objectContaining({ name: "NetworkFault", code });
const body = patterned(100_000);
const answer = answerWith(body);
const large = patterned(16_000_000);

describe.each(transports)("over %s", (transport) => {
  describe("after a failure no byte is written into the buffer any more:", () => {
    test.each<[string, (connection: BodyConnection, abort: AbortController) => void]>([
      ["the signal", (_connection, abort) => abort.abort()],
      ["close", (connection) => connection.close()],
    ])("%s", async (_what, fail) => {
      const origin = await runBodyOrigin(transport, (socket) => socket.write(answerWith(large)));
      // In the middle of what one read brought, TLS has more records of it and gives them whatever was said.
      for (const [at, isAtOnce] of [2, 3, 4, 5, 6].map((nth) => [nth, nth !== 4] as const)) {
        const abort = new AbortController();
        const connection = await origin.connect(abort.signal);
        await get(connection);
        const into = Buffer.alloc(large.length, untouched);
        let filled = 0;
        let pieces = 0;
        let isOver = false;
        const end = () => {
          isOver = true;
          fail(connection, abort);
        };
        const seen = (bytes: number) => {
          expect(isOver).toBe(false);
          filled += bytes;
          pieces += 1;
          if (pieces === at && isAtOnce) end();
          if (pieces === at && !isAtOnce) setImmediate(end);
        };
        expect(await rejectionOf(connection.read(into, seen, amply))).toEqual(fault());
        await turns(10);
        expect(filled).toBeLessThan(large.length);
        expect(into.subarray(0, filled).equals(large.subarray(0, filled))).toBe(true);
        expect(into.subarray(filled).equals(Buffer.alloc(large.length - filled, untouched))).toBe(true);
        expect([connection.isFree, connection.left]).toEqual([false, large.length - filled]);
      }
    });
  });
});

describe("a second request ends the connection, because two answers could not be told apart,", () => {
  const head = answer.subarray(0, -body.length);

  test.each<[string, Buffer, number]>([
    ["while a body is unread", answer, 0],
    ["while a body is half read", answer, 50_000],
    ["while nothing of a body has come", head, 0],
    ["after a body of unknown length began", Buffer.from("HTTP/1.1 200 OK\r\n\r\n"), 0],
  ])("%s", async (_what, answered, bytes) => {
    const origin = await runBodyOrigin("plain TCP", (socket) => socket.write(answered));
    const connection = await origin.connect();
    await get(connection);
    expect(await connection.read(Buffer.alloc(bytes), () => undefined, amply)).toBe(bytes);
    expect(connection.isFree).toBe(false);
    expect(await rejectionOf(get(connection))).toEqual(fault("used up"));
    expect(origin.requests).toHaveLength(1);
    await soon(() => origin.sockets.every(({ destroyed }) => destroyed)).toBe(true);
  });

  test("while a head is waited for", async () => {
    const origin = await runBodyOrigin("plain TCP", () => undefined);
    const connection = await origin.connect();
    const first = rejectionOf(get(connection));
    expect(connection.isFree).toBe(false);
    expect(await rejectionOf(get(connection))).toEqual(fault("used up"));
    expect(await first).toEqual(fault("used up"));
  });
});

test("time-outs of what came in time are over", async () => {
  const origin = await runBodyOrigin("plain TCP", async (socket) => {
    await writeInPieces(socket, [answer.subarray(0, -9), answer.subarray(-9)]);
  });
  const connection = await origin.connect();
  await get(connection, {}, 60);
  expect((await readBody(connection, [body.length], { timeout: 60 })).bytes.equals(body)).toBe(true);
  await delay(100);
  expect(connection.isFree).toBe(true);
});

test("a signal that has fired before the connection stood ends it before anything is sent", async () => {
  const origin = await runBodyOrigin("plain TCP", (socket) => socket.write(answer));
  expect(await rejectionOf(origin.connect(AbortSignal.abort()))).toEqual(fault("AbortError"));
  await soon(() => origin.sockets.every(({ destroyed }) => destroyed)).toBe(true);
  expect(origin.requests).toEqual([]);
});

describe.each<[string, RegExp, (connection: BodyConnection, abort: AbortController) => void]>([
  ["a signal that fires", /^AbortError$/, (_connection, abort) => abort.abort()],
  ["a signal that times out", /^TimeoutError$/, (_, abort) => abort.abort(new DOMException("late", "TimeoutError"))],
  ["close()", /^closed$/, (connection) => connection.close()],
])("%s ends a connection", (_what, code, finish) => {
  const silent = /^GET \/silent /;
  async function connected(answered: Buffer | string = answer) {
    const origin = await runBodyOrigin("plain TCP", (socket, nth) => {
      if (!silent.test(origin.requests[nth] ?? "")) socket.write(answered);
    });
    const abort = new AbortController();
    const connection = await origin.connect(abort.signal);
    const ends = () => finish(connection, abort);
    const isOver = async () => {
      expect(connection.isFree).toBe(false);
      expect(await rejectionOf(get(connection))).toEqual(fault(expect.stringMatching(code)));
      await soon(() => origin.sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
      await soon(() => getEventListeners(abort.signal, "abort")).toEqual([]);
    };
    return { connection, origin, ends, isOver };
  }

  test("that was not used yet", async () => {
    const { origin, ends, isOver } = await connected();
    await soon(() => origin.sockets.length).toBe(1);
    ends();
    await isOver();
    expect(origin.requests).toEqual([]);
  });

  test("that waits for a head", async () => {
    const { connection, origin, ends, isOver } = await connected();
    const waiting = rejectionOf(connection.get({ target: "/silent", headers: {}, headersTimeout: amply }));
    await soon(() => origin.requests.length).toBe(1);
    ends();
    expect(await waiting).toEqual(fault(expect.stringMatching(code)));
    await isOver();
  });

  test("that waits for more of a body", async () => {
    const { connection, ends, isOver } = await connected(answer.subarray(0, -1));
    await get(connection);
    const waiting = readBody(connection, [body.length], {});
    await soon(() => connection.left).toBe(1);
    ends();
    expect(await waiting).toEqual({ bytes: body.subarray(0, -1), error: fault(expect.stringMatching(code)) });
    await isOver();
  });

  test("whose body is half read", async () => {
    const { connection, ends, isOver } = await connected();
    await get(connection);
    await connection.read(Buffer.alloc(50_000), () => undefined, amply);
    ends();
    expect(connection.left).toBe(50_000);
    const read = await readBody(connection);
    expect(read.error).toEqual(fault(expect.stringMatching(code)));
    expect(read.bytes.equals(body.subarray(50_000, 50_000 + read.bytes.length))).toBe(true);
    await isOver();
  });

  test("that is kept", async () => {
    const { connection, ends, isOver } = await connected();
    await get(connection);
    await readBody(connection);
    expect(connection.isFree).toBe(true);
    ends();
    await isOver();
  });

  test("twice as well as once", async () => {
    const { connection, ends, isOver } = await connected();
    await get(connection);
    ends();
    ends();
    connection.close();
    await isOver();
  });
});
