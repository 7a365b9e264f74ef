/** A server below HTTP whose answers a test writes piece by piece, in plain or over TLS, and connections to it. */
import { type AddressInfo, createServer as createPlainServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from "node:tls";
import { expect, onTestFinished } from "vitest";
import type { BodyConnection } from "../../../functions/adapters/body-connection.ts";
import { createGuardedHttp, type GuardedHttp } from "../../../functions/adapters/guarded-http.ts";
import { selfSigned } from "../../support/self-signed.ts";

/** Over what it is spoken. */
export const transports = ["plain TCP", "TLS"] as const;

/** One of {@link transports}. */
export type Transport = (typeof transports)[number];

/** What the server does with a request: the number counts all requests, from 0. */
export type BodyAnswer = (socket: Socket, nth: number) => unknown;

/** A running server. */
export interface BodyOrigin {
  /** Its origin, and the same without the scheme. */
  readonly url: string;
  readonly host: string;
  /** The guarded adapter, with this origin as its exception. */
  readonly http: GuardedHttp;
  /** Heads of all requests so far, each with the blank line at its end. */
  readonly requests: readonly string[];
  /** All connections so far, as the server sees them. */
  readonly sockets: readonly Socket[];
  /** Opens a connection through the guarded adapter. */
  connect(signal?: AbortSignal): Promise<BodyConnection>;
}

/** Milliseconds for what must not take long. */
export const amply = 5_000;

/** Starts a server; it ends with the test, and so does the trust in its certificate. */
export async function runBodyOrigin(transport: Transport, answer: BodyAnswer): Promise<BodyOrigin> {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  const accept = (socket: Socket) => {
    let received = "";
    sockets.push(socket);
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.setEncoding("latin1");
    socket.on("data", (piece: string) => {
      received += piece;
      for (let end = received.indexOf("\r\n\r\n"); end >= 0; end = received.indexOf("\r\n\r\n")) {
        requests.push(received.slice(0, end + 4));
        received = received.slice(end + 4);
        void answer(socket, requests.length - 1);
      }
    });
  };
  const server = transport === "TLS" ? trustedTlsServer(accept) : createPlainServer(accept);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `${transport === "TLS" ? "https" : "http"}://${host}`;
  const http = createGuardedHttp({ exceptions: url });
  onTestFinished(async () => {
    await http.close();
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const connect = (signal = new AbortController().signal) => http.connect(`${url}/`, signal);
  return { url, host, http, requests, sockets, connect };
}

function trustedTlsServer(accept: (socket: Socket) => void): Server {
  const ordinary = getCACertificates();
  setDefaultCACertificates([...ordinary, selfSigned.cert]);
  onTestFinished(() => setDefaultCACertificates(ordinary));
  const server = createTlsServer(selfSigned, accept);
  server.on("tlsClientError", () => undefined);
  return server;
}

/** Polls often: most of what is waited for is a turn of the event loop away. */
export const soon = <Value>(look: () => Value) => expect.poll(look, { interval: 3, timeout: amply });

/** Time for what was written on one side to be read on the other, both in this process. */
export async function turns(times = 3): Promise<void> {
  for (let nth = 0; nth < times; nth += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Writes pieces, each in a packet of its own, as long as anybody listens. */
export async function writeInPieces(socket: Socket, pieces: Iterable<Uint8Array | string>): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    await new Promise((resolve) => socket.write(piece, resolve));
    await turns(2);
  }
}

/** Splits bytes at places, which may be in any order, double or beyond the end. */
export function splitAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => Math.min(place, bytes.length)), bytes.length].toSorted((a, b) => a - b);
  return sorted.slice(1).map((end, nth) => bytes.subarray(sorted[nth], end));
}

/** What no byte of {@link patterned} is. */
export const untouched = 0xff;

/** Bytes that differ from place to place and repeat only after 64 KiB and a bit. */
export function patterned(bytes: number, seed = 0): Buffer {
  const body = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 1) body[at] = (at * 31 + (at >> 8) * 7 + seed * 13) % 251;
  return body;
}

/** An answer with a body, as it goes over the wire. */
export function answerWith(body: Uint8Array, ...lines: readonly string[]): Buffer {
  const head = ["HTTP/1.1 200 OK", `content-length: ${body.length}`, ...lines, "", ""].join("\r\n");
  return Buffer.concat([Buffer.from(head, "latin1"), body]);
}

/** Sends a GET. */
export function get(
  connection: BodyConnection,
  headers: Readonly<Record<string, string>> = {},
  headersTimeout = amply,
) {
  return connection.get({ target: "/o.wav", headers, headersTimeout });
}

/** What a connection gave, whether its body was read to the end or not. */
export interface ReadBody {
  readonly bytes: Buffer;
  /** Why it ended early. */
  readonly error?: unknown;
}

/**
 * Reads a body to its end into buffers of the given sizes, over and over, and pauses before each. Its bytes are those that
 * `seen` was told of, as they were in the buffer then.
 * @throws {Error} when a read wrote anything else, gave too few bytes, or counted otherwise
 */
export async function readBody(
  connection: BodyConnection,
  sizes: readonly number[] = [1_000_000],
  { pause = () => turns(1), timeout = amply } = {},
): Promise<ReadBody> {
  const pieces: Buffer[] = [];
  for (let nth = 0; connection.left > 0; nth += 1) {
    const into = Buffer.alloc(sizes[nth % sizes.length] ?? 1, untouched);
    const { left } = connection;
    let filled = 0;
    const seen = (bytes: number) => {
      pieces.push(Buffer.from(into.subarray(filled, filled + bytes)));
      filled += bytes;
    };
    await pause();
    const { read, error } = await connection.read(into, seen, timeout).then(
      (bytes) => ({ read: bytes, error: undefined }),
      (fault: unknown) => ({ read: filled, error: fault }),
    );
    const rest = into.subarray(filled);
    if (read !== filled || connection.left !== left - filled) throw new Error(`${read} read, ${filled} told of`);
    if (!rest.equals(Buffer.alloc(rest.length, untouched)))
      throw new Error("bytes in the buffer that it did not tell of");
    if (error) return { bytes: Buffer.concat(pieces), error };
    if (filled !== Math.min(into.length, left)) throw new Error(`${filled} bytes for a buffer of ${into.length}`);
  }
  return { bytes: Buffer.concat(pieces) };
}
