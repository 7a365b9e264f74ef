import { once } from "node:events";
import { connect as connectPlain, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { describe, expect, test } from "vitest";
import { openBodyConnection } from "../../../functions/adapters/body-connection.ts";
import { longestHead } from "../../../functions/domain/response-head.ts";
import { rejectionOf } from "../../support/everything-in.ts";
import { selfSigned } from "../../support/self-signed.ts";
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
  writeInPieces,
} from "./running-body-origin.ts";

const fault = (code: unknown = expect.any(String)) => expect.objectContaining({ name: "NetworkFault", code });
const body = patterned(100_000);
const answer = answerWith(body);

describe.each(transports)("over %s", (transport) => {
  describe("bytes that nobody asked for", () => {
    test("in one packet with the body's end are no part of it, and the last that the connection gives", async () => {
      const origin = await runBodyOrigin(transport, (socket) =>
        socket.write(Buffer.concat([answerWith(patterned(9)), Buffer.from("HTTP/1.1 200 OK\r\n")])),
      );
      const connection = await origin.connect();
      await get(connection);
      expect(await readBody(connection, [100])).toEqual({ bytes: patterned(9), error: undefined });
      expect([connection.isFree, connection.left]).toEqual([false, 0]);
    });

    test("right behind a large body are not in the buffer, which has room for them", async () => {
      const origin = await runBodyOrigin(transport, (socket) =>
        socket.write(Buffer.concat([answer, answerWith(Buffer.alloc(30_000, "smuggled"))])),
      );
      const connection = await origin.connect();
      await get(connection);
      // Whether it is noticed now or later depends on what came with the end.
      expect((await readBody(connection, [1_000_000])).bytes.equals(body)).toBe(true);
      expect(connection.left).toBe(0);
      await soon(() => connection.isFree).toBe(false);
      expect(await rejectionOf(get(connection))).toEqual(fault());
      expect(origin.requests).toHaveLength(1);
    });

    test("after a body that was read are never taken for the next answer", async () => {
      const smuggled = answerWith(Buffer.from("smuggled"));
      const origin = await runBodyOrigin(transport, async (socket) => {
        await writeInPieces(socket, [answerWith(patterned(9))]);
        await turns();
        socket.write(smuggled);
      });
      const connection = await origin.connect();
      await get(connection);
      expect((await readBody(connection)).bytes).toEqual(patterned(9));
      await soon(() => connection.isFree).toBe(false);
      expect(await rejectionOf(get(connection))).toEqual(fault());
      expect(origin.requests).toHaveLength(1);
    });

    test("after an answer without a body, too", async () => {
      const origin = await runBodyOrigin(transport, async (socket) => {
        await writeInPieces(socket, ["HTTP/1.1 204 No Content\r\n\r\n"]);
        await turns();
        socket.write(answerWith(Buffer.from("smuggled")));
      });
      const connection = await origin.connect();
      await get(connection);
      await soon(() => connection.isFree).toBe(false);
    });

    test("before the first request, too", async () => {
      const origin = await runBodyOrigin(transport, () => undefined);
      const connection = await origin.connect();
      await soon(() => origin.sockets.length).toBe(1);
      origin.sockets[0]?.write(answerWith(Buffer.from("smuggled")));
      await soon(() => connection.isFree).toBe(false);
      expect(await rejectionOf(get(connection))).toEqual(fault("used up"));
      expect(origin.requests).toEqual([]);
    });

    test("are not read without an end", async () => {
      const flood = Buffer.alloc(64 * 1_024 ** 2);
      const isFlushed: boolean[] = [];
      const origin = await runBodyOrigin(transport, async (socket) => {
        await writeInPieces(socket, [answerWith(patterned(9))]);
        socket.write(flood, () => isFlushed.push(true));
      });
      const connection = await origin.connect();
      await get(connection);
      await connection.read(Buffer.alloc(9), () => undefined, amply).catch(() => 0);
      await soon(() => connection.isFree).toBe(false);
      await delay(50);
      expect(isFlushed).toEqual([]);
    });
  });

  test("a kept connection that the other side closes is not free any more", async () => {
    const origin = await runBodyOrigin(transport, (socket) => socket.write(answerWith(patterned(9))));
    const connection = await origin.connect();
    await get(connection);
    await readBody(connection);
    expect(connection.isFree).toBe(true);
    origin.sockets[0]?.end();
    await soon(() => connection.isFree).toBe(false);
    expect(await rejectionOf(get(connection))).toEqual(fault("ended early"));
    expect(origin.requests).toHaveLength(1);
  });

  test("nothing is read ahead of whoever wants it, as the socket's count of bytes says", async () => {
    const flood = Buffer.alloc(16 * 1_024 ** 2);
    const origin = await runBodyOrigin(transport, (socket) => socket.write(answerWith(flood)));
    let client: Socket | undefined;
    const connection = await openBodyConnection(
      async (onread) => {
        const port = Number(new URL(origin.url).port);
        const { cert: ca } = selfSigned;
        client =
          transport === "TLS"
            ? connectTls({ host: "127.0.0.1", port, ca, onread } as ConnectionOptions)
            : connectPlain({ host: "127.0.0.1", port, onread });
        await once(client, transport === "TLS" ? "secureConnect" : "connect");
        return client;
      },
      origin.host,
      new AbortController().signal,
    );
    await get(connection);
    await connection.read(Buffer.alloc(longestHead), () => undefined, amply);
    await delay(50);
    // A head, a buffer, and at most the 64 KiB that TLS has read at once: 128 KiB is well above, and far below the flood.
    expect(client?.bytesRead).toBeGreaterThan(longestHead);
    expect(client?.bytesRead).toBeLessThan(128 * 1_024);
    expect(connection.left).toBe(flood.length - longestHead);
    client?.destroy();
    // Nobody said why: it is a failure all the same.
    expect(await rejectionOf(connection.read(Buffer.alloc(flood.length), () => undefined, amply))).toEqual(
      fault("closed"),
    );
  });
});
