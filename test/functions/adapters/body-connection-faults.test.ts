import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { everythingIn, rejectionOf } from "../../support/everything-in.ts";
import {
  amply,
  answerWith,
  get,
  patterned,
  readBody,
  runBodyOrigin,
  soon,
  transports,
  writeInPieces,
} from "./running-body-origin.ts";

const fault = (code: unknown = expect.any(String)) => expect.objectContaining({ name: "NetworkFault", code });
const body = patterned(100_000);
const answer = answerWith(body);
const headBytes = answer.length - body.length;

const stall = () => undefined;
const end = (socket: Socket) => socket.end();
/** Over TLS nothing but the socket below could send a reset: there it is closed without a word of TLS. */
const reset = (socket: Socket) => ("encrypted" in socket ? socket.destroy() : socket.resetAndDestroy());

describe.each(transports)("over %s", (transport) => {
  describe("no head comes", () => {
    test.each<[string, string, (socket: Socket) => unknown, RegExp]>([
      ["the other side says nothing", "", stall, /^HEADERS_TIMEOUT$/],
      ["the head never ends", "HTTP/1.1 200 OK\r\nx: y\r\n", stall, /^HEADERS_TIMEOUT$/],
      ["nothing follows an interim answer", "HTTP/1.1 100 Continue\r\n\r\n", stall, /^HEADERS_TIMEOUT$/],
      ["the other side ends", "", end, /^ended early$/],
      ["the other side ends in the head", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n", end, /^ended early$/],
      ["the other side resets", "", reset, /^(ECONNRESET|ended early|closed)$/],
      ["the other side resets in the head", "HTTP/1.1 200 OK\r\n", reset, /^(ECONNRESET|ended early|closed)$/],
    ])("when %s", async (_what, start, then, code) => {
      const origin = await runBodyOrigin(transport, async (socket) => {
        await writeInPieces(socket, start ? [start] : []);
        then(socket);
      });
      const connection = await origin.connect();
      const request = { target: "/?signature=secret", headers: {}, headersTimeout: then === stall ? 60 : amply };
      const error = await rejectionOf(connection.get(request));
      expect(error).toEqual(fault(expect.stringMatching(code)));
      expect(error.message).toBe(`${"code" in error ? error.code : ""} at ${origin.host}`);
      expect(everythingIn(error)).not.toContain("secret");
      expect([connection.isFree, connection.left]).toEqual([false, 0]);
      await soon(() => origin.sockets.every(({ destroyed }) => destroyed)).toBe(true);
      expect(await rejectionOf(get(connection))).toBe(error);
    });

    test("when it comes in drops, each in time, but not all of them", async () => {
      const origin = await runBodyOrigin(transport, async (socket) => {
        socket.write("HTTP/1.1 200 OK\r\nx: ");
        for (let drops = 0; drops < 200 && !socket.destroyed; drops += 1) {
          socket.write("y");
          await delay(15);
        }
        socket.write("\r\n\r\n");
      });
      const connection = await origin.connect();
      expect(await rejectionOf(get(connection, {}, 100))).toEqual(fault("HEADERS_TIMEOUT"));
    });
  });

  describe("a body breaks off, and what came of it is kept,", () => {
    test.each<[string, number, (socket: Socket) => unknown, RegExp]>([
      ["by a stall before its first byte", 0, stall, /^BODY_TIMEOUT$/],
      ["by a stall", 70_000, stall, /^BODY_TIMEOUT$/],
      ["by a stall before its last byte", 99_999, stall, /^BODY_TIMEOUT$/],
      ["by an end", 70_000, end, /^ended early$/],
      ["by an end before its first byte", 0, end, /^ended early$/],
      ["by an end before its last byte", 99_999, end, /^ended early$/],
      ["by a reset", 70_000, reset, /^(ECONNRESET|ended early|closed)$/],
    ])("%s", async (_what, bytes, then, code) => {
      const whole = answer.subarray(0, headBytes + bytes);
      for (const pieces of [[whole], [whole.subarray(0, headBytes), whole.subarray(headBytes)]]) {
        const origin = await runBodyOrigin(transport, async (socket) => {
          await writeInPieces(socket, pieces);
          // A reset overtakes what was not read yet.
          if (then === reset) await soon(() => connection.left).toBe(body.length - bytes);
          then(socket);
        });
        const connection = await origin.connect();
        await get(connection);
        const read = await readBody(connection, [30_000], { timeout: then === stall ? 60 : amply });
        expect(read.error).toEqual(fault(expect.stringMatching(code)));
        expect(read.bytes.equals(body.subarray(0, bytes))).toBe(true);
        expect([connection.isFree, connection.left]).toEqual([false, body.length - bytes]);
        expect(await rejectionOf(connection.read(Buffer.alloc(9), () => undefined, amply))).toBe(read.error);
        expect(await rejectionOf(get(connection))).toBe(read.error);
      }
    });
  });
});

test("a body that comes in drops, each in time, is read to its end", async () => {
  const origin = await runBodyOrigin("plain TCP", async (socket) => {
    for (let at = 0; at < 30; at += 1) {
      socket.write(answerWith(patterned(30)).subarray(at === 0 ? 0 : -30 + at, at === 29 ? undefined : -29 + at));
      await delay(20);
    }
  });
  const connection = await origin.connect();
  await get(connection);
  // 30 pieces in 600 ms: longer than the time-out, which begins anew with each of them.
  expect(await readBody(connection, [30], { timeout: 400 })).toEqual({ bytes: patterned(30) });
});
