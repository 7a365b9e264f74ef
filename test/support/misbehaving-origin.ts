/**
 * A download origin on a real socket that misbehaves as scripted, request by request:
 *
 *     const origin = await startMisbehavingOrigin({ body }, (_request, nth) => (nth === 1 ? resetAt(5_000) : honest));
 *
 * What it can do is in behaviour.ts. It speaks plain HTTP, so the guarded adapter needs it in its list of exceptions.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { Behaviour, OriginContent } from "./behaviour.ts";
import { answerOf, type OriginAnswer } from "./origin-answer.ts";

/** A request as it arrived. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query, byte for byte as on the request line. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
}

/**
 * Says how a request is answered; undefined is honest. `nth` counts all requests from 1. A promise delays the answer; an
 * exception resets the connection.
 */
export type OriginScript = (
  request: RecordedRequest,
  nth: number,
) => Behaviour | undefined | Promise<Behaviour | undefined>;

/** A running origin. */
export interface MisbehavingOrigin {
  /** `http://127.0.0.1:<port>`; every path below it serves the content. */
  readonly url: string;
  /** All requests so far, in their order. */
  readonly requests: readonly RecordedRequest[];
  /** Connections accepted so far, also those on which no request came. */
  readonly connections: number;
  /** Connections that are open now. */
  readonly openConnections: number;
  /** Drops every connection, stalled ones too, and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts an origin on a free port of 127.0.0.1.
 * @param content what it serves under every path
 * @param script how it misbehaves. Default: it does not
 */
export async function startMisbehavingOrigin(
  content: OriginContent,
  script: OriginScript = () => undefined,
): Promise<MisbehavingOrigin> {
  const requests: RecordedRequest[] = [];
  const open = new Set<Socket>();
  let connections = 0;
  const server = createServer((incoming, response) => {
    const request = { method: incoming.method ?? "", path: incoming.url ?? "", headers: incoming.headers };
    const nth = requests.push(request);
    void Promise.resolve()
      .then(() => script(request, nth))
      .then((behaviour = {}) => perform(incoming, response, answerOf(request, content, behaviour), behaviour))
      .catch(() => incoming.socket.resetAndDestroy());
  });
  server.on("connection", (socket) => {
    connections += 1;
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get connections() {
      return connections;
    },
    get openConnections() {
      return open.size;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
        open.clear();
      }),
  };
}

/** Milliseconds for a client to read what was sent: a reset also throws away what is still on its way. */
const readingTime = 20;

async function perform(
  { socket }: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: OriginAnswer,
  { framing, drip, stop, surplus = 0 }: Behaviour,
): Promise<void> {
  // A client may leave at any time.
  response.on("error", () => undefined);
  if (stop?.at === "before headers") return halt(socket, stop.by);
  response.useChunkedEncodingByDefault = framing === "chunked";
  response.writeHead(status, headers).flushHeaders();
  const bytes = stop ? body.subarray(0, stop.at) : Buffer.concat([body, Buffer.alloc(surplus, 0x21)]);
  const step = drip?.bytes ?? Math.max(1, bytes.length);
  for (let at = 0; at < bytes.length && !response.destroyed; at += step) {
    if (drip && at > 0) await setTimeout(drip.milliseconds);
    // Until the system has taken the bytes.
    await new Promise<void>((resolve) => response.write(bytes.subarray(at, at + step), () => resolve()));
  }
  if (!stop) return void response.end();
  if (stop.by === "reset") await setTimeout(readingTime);
  halt(socket, stop.by);
}

function halt(socket: Socket, by: "close" | "reset" | "stall"): void {
  if (by === "close") socket.destroySoon();
  if (by === "reset") socket.resetAndDestroy();
}
