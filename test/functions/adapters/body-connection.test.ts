import { describe, expect, test } from "vitest";
import { longestHead } from "../../../functions/domain/response-head.ts";
import { rejectionOf } from "../../support/everything-in.ts";
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

/** What comes back of one answer that is written as it is. */
async function headOf(answer: string | Buffer) {
  const origin = await runBodyOrigin("plain TCP", (socket) => socket.write(answer));
  const connection = await origin.connect();
  return { connection, origin, head: await get(connection) };
}

describe.each(transports)("over %s", (transport) => {
  test("a GET goes out byte for byte, and its head comes back", async () => {
    const body = Buffer.from("0123456789");
    const origin = await runBodyOrigin(transport, (socket) =>
      socket.write(answerWith(body, 'ETag: "\xe9"', "x: a", "X: b")),
    );
    const connection = await origin.connect();
    expect([connection.isFree, connection.left]).toEqual([true, 0]);
    const target = "/a%20b/%2F?X=%zz&y='\"|^`{}";
    const head = await connection.get({
      target,
      headers: { range: "bytes=0-", "if-match": '"\xe9"' },
      headersTimeout: amply,
    });
    expect(origin.requests).toEqual([
      `GET ${target} HTTP/1.1\r\nhost: ${origin.host}\r\nrange: bytes=0-\r\nif-match: "\xe9"\r\n\r\n`,
    ]);
    expect(head).toMatchObject({ status: 200, keepsAlive: true });
    expect(Object.fromEntries(head.headers)).toEqual({ "content-length": "10", etag: '"\xe9"', x: "a, b" });
    expect([connection.isFree, connection.left]).toEqual([false, 10]);
    expect((await readBody(connection)).bytes).toEqual(body);
    expect([connection.isFree, connection.left]).toEqual([true, 0]);
  });

  test("an answer is the same wherever it is split into packets, on one connection", async () => {
    const body = patterned(12);
    const answer = answerWith(body, "x: y");
    const origin = await runBodyOrigin(transport, (socket, nth) => writeInPieces(socket, splitAt(answer, [nth])));
    const connection = await origin.connect();
    for (let place = 0; place <= answer.length; place += 1) {
      expect((await get(connection)).headers.get("x")).toBe("y");
      expect(await readBody(connection, [5])).toEqual({ bytes: body });
      expect(connection.isFree).toBe(true);
    }
    expect([origin.sockets.length, origin.requests.length]).toEqual([1, answer.length + 1]);
  });

  test("an answer may come byte by byte", async () => {
    const body = patterned(20);
    const answer = answerWith(body);
    const origin = await runBodyOrigin(transport, (socket) =>
      writeInPieces(socket, splitAt(answer, [...answer.keys()])),
    );
    const connection = await origin.connect();
    await get(connection);
    expect(await readBody(connection, [7])).toEqual({ bytes: body });
  });

  test.each([
    ["one buffer", [1_000_000]],
    ["a buffer that fits to the byte", [300_000]],
    ["many buffers", [1_000]],
    ["buffers of all sizes", [1, 70_000, 16_384, 3, 65_536, 16_383]],
  ])("a large body in one write is read into %s", async (_what, sizes) => {
    const body = patterned(300_000);
    const origin = await runBodyOrigin(transport, (socket) => socket.write(answerWith(body)));
    const connection = await origin.connect();
    await get(connection);
    // Long enough that more has come, which TLS delivers although nobody wants it yet.
    const read = await readBody(connection, sizes, { pause: () => turns(3) });
    expect(read.bytes.equals(body)).toBe(true);
    expect([read.error, connection.isFree]).toEqual([undefined, true]);
  });

  test("an empty buffer takes nothing", async () => {
    const origin = await runBodyOrigin(transport, (socket) => socket.write(answerWith(patterned(3))));
    const connection = await origin.connect();
    await get(connection);
    expect(await connection.read(Buffer.alloc(0), () => undefined, amply)).toBe(0);
    expect([connection.left, connection.isFree]).toEqual([3, false]);
    expect((await readBody(connection)).bytes).toEqual(patterned(3));
  });

  test("what came before the other side closed is read to its end", async () => {
    const body = patterned(200_000);
    const origin = await runBodyOrigin(transport, (socket) => socket.end(answerWith(body, "connection: close")));
    const connection = await origin.connect();
    expect((await get(connection)).keepsAlive).toBe(false);
    const read = await readBody(connection, [50_000], { pause: () => turns(5) });
    expect(read.bytes.equals(body)).toBe(true);
    expect([read.error, connection.isFree]).toEqual([undefined, false]);
  });
});

describe("a body", () => {
  test.each([
    ["204", "HTTP/1.1 204 No Content\r\n\r\n"],
    ["204 with a length", "HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n"],
    ["304 with the length of what was not modified", "HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n"],
    ["an empty one", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"],
  ])("of %s is none, and the connection is free", async (_what, answer) => {
    const { connection } = await headOf(answer);
    expect([connection.left, connection.isFree]).toEqual([0, true]);
    expect(await connection.read(Buffer.alloc(9), () => undefined, amply)).toBe(0);
    await get(connection);
  });

  test.each([
    ["no length", ""],
    ["chunks", "transfer-encoding: chunked\r\n"],
    ["chunks besides a length", "transfer-encoding: chunked\r\ncontent-length: 5\r\n"],
    ["two lengths", "content-length: 5\r\ncontent-length: 6\r\n"],
    ["twice the same length", "content-length: 5\r\ncontent-length: 5\r\n"],
    ["a negative length", "content-length: -5\r\n"],
  ])("with %s is not read, and its connection is not used again", async (_what, lines) => {
    const { connection, head } = await headOf(`HTTP/1.1 200 OK\r\n${lines}\r\n12345`);
    expect([head.status, connection.left, connection.isFree]).toEqual([200, 0, false]);
    expect(await connection.read(Buffer.alloc(9), () => undefined, amply)).toBe(0);
    expect(await rejectionOf(get(connection))).toMatchObject({ name: "NetworkFault", code: "used up" });
  });

  test.each([
    ["HTTP/1.0", "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\n"],
    ["Connection: close", "HTTP/1.1 200 OK\r\nconnection: Close\r\n"],
  ])("with %s is read, and its connection is not used again", async (_what, lines) => {
    const { connection } = await headOf(`${lines}content-length: 5\r\n\r\n12345`);
    expect((await readBody(connection)).bytes.toString()).toBe("12345");
    expect(connection.isFree).toBe(false);
    expect(await rejectionOf(get(connection))).toMatchObject({ name: "NetworkFault", code: "used up" });
  });
});

describe("interim answers", () => {
  const interim = "HTTP/1.1 100 Continue\r\n\r\n";
  const hints = "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\nconnection: close\r\ncontent-length: 99\r\n\r\n";
  const final = answerWith(Buffer.from("12345")).toString();

  test.each([
    ["one", interim + final],
    ["two kinds", interim + hints + final],
    ["five", interim.repeat(5) + final],
  ])("are passed over: %s", async (_what, answer) => {
    const { connection, head } = await headOf(answer);
    expect([head.status, head.headers.get("link"), connection.left]).toEqual([200, undefined, 5]);
    expect((await readBody(connection)).bytes.toString()).toBe("12345");
    expect(connection.isFree).toBe(true);
  });

  test("are passed over in packets of their own", async () => {
    const origin = await runBodyOrigin("plain TCP", (socket) => writeInPieces(socket, [interim, hints, final]));
    const connection = await origin.connect();
    expect((await get(connection)).status).toBe(200);
    expect((await readBody(connection)).bytes.toString()).toBe("12345");
  });

  test.each([
    ["six", interim.repeat(6) + final],
    ["a change of protocol", `HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n${final}`],
    ["a change of protocol after another", `${interim}HTTP/1.1 101 Switching Protocols\r\n\r\n${final}`],
  ])("are refused: %s", async (_what, answer) => {
    expect(await rejectionOf(headOf(answer))).toMatchObject({ name: "NetworkFault", code: "not HTTP/1.1" });
  });
});

describe("a head", () => {
  /** An answer whose head has so many bytes, the blank line included. */
  const headOfBytes = (bytes: number) => {
    const start = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx: ";
    return `${start}${"y".repeat(bytes - start.length - 4)}\r\n\r\n`;
  };

  test.each([
    ["of 16 KiB to the byte is accepted", headOfBytes(longestHead), 1],
    ["of 16 KiB is accepted in many packets", headOfBytes(longestHead), 40],
  ])("%s, with its body", async (_what, head, packets) => {
    const places = Array.from({ length: packets }, (_, nth) => Math.ceil((nth * longestHead) / packets));
    const origin = await runBodyOrigin("plain TCP", (socket) =>
      writeInPieces(socket, splitAt(Buffer.from(`${head}12345`), places)),
    );
    const connection = await origin.connect();
    expect((await get(connection)).status).toBe(200);
    expect((await readBody(connection)).bytes.toString()).toBe("12345");
  });

  test("one byte longer is refused, also when its end comes in a later packet together with its body", async () => {
    const tooLong = Buffer.from(`${headOfBytes(longestHead + 1)}12345`);
    const origin = await runBodyOrigin("plain TCP", (socket) => writeInPieces(socket, splitAt(tooLong, [100])));
    expect(await rejectionOf(get(await origin.connect()))).toMatchObject({ code: "not HTTP/1.1" });
  });

  test.each([
    ["one byte longer", `${headOfBytes(longestHead + 1)}12345`],
    ["without an end", `HTTP/1.1 200 OK\r\nx: ${"y".repeat(2 * longestHead)}`],
    ["of blanks without an end", `HTTP/1.1 200 OK\r\nx: ${" ".repeat(2 * longestHead)}`],
    ["of something else", "220 mail.test ESMTP\r\n\r\n"],
    ["with a folded line", "HTTP/1.1 200 OK\r\nx: a\r\n b\r\ncontent-length: 5\r\n\r\n12345"],
    ["with a bare line feed", "HTTP/1.1 200 OK\r\nx: a\ncontent-length: 5\r\n\r\n12345"],
    ["that is a second body before any head", "12345\r\n\r\n"],
  ])("%s is refused, and the connection ends", async (_what, answer) => {
    const origin = await runBodyOrigin("plain TCP", (socket) => socket.write(answer));
    const connection = await origin.connect();
    const error = await rejectionOf(get(connection));
    expect(error).toMatchObject({ name: "NetworkFault", code: "not HTTP/1.1" });
    expect(error.message).toBe(`not HTTP/1.1 at ${origin.host}`);
    expect([connection.isFree, connection.left]).toEqual([false, 0]);
    await expect.poll(() => origin.sockets.every(({ destroyed }) => destroyed)).toBe(true);
  });
});
