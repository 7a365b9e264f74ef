/**
 * A receiver of webhooks on a real socket that answers as scripted, attempt by attempt:
 *
 *     const receiver = await startMisbehavingReceiver(({ nth }) => (nth < 4 ? 500 : 204));
 *
 * It verifies nothing and records everything. Deeds below HTTP are in misdeeds.ts. It speaks plain HTTP, so the guarded
 * adapter needs it in its list of exceptions.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";

/** An attempt as it arrived. */
export interface ReceivedAttempt {
  readonly method: string;
  /** Path and query, byte for byte as on the request line. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The header `webhook-id`. */
  readonly messageId: string;
  /** The header `webhook-timestamp`, in seconds since the epoch. */
  readonly timestamp: number;
  /** Which attempt of this message at this path it is, from 1. */
  readonly nth: number;
}

/** Something that a receiver does in place of an answer. */
export type Misdeed = (response: ServerResponse) => void;

/** An answer: a status alone, or with headers and a body, or a misdeed. */
export type AttemptAnswer =
  | number
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | Misdeed;

/** Says how an attempt is answered. A promise delays the answer; an exception resets the connection. */
export type ReceiverScript = (attempt: ReceivedAttempt) => AttemptAnswer | Promise<AttemptAnswer>;

/** A running receiver. */
export interface MisbehavingReceiver extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`; every path below it takes webhooks. */
  readonly url: string;
  /** All attempts so far, in their order. */
  readonly attempts: readonly ReceivedAttempt[];
  /** Connections that are open now. */
  readonly openConnections: number;
}

/** As a good receiver answers. */
export const accept: ReceiverScript = () => 204;

/**
 * Starts a receiver on 127.0.0.1.
 * @param script how it answers. Default 204 to everything
 * @param port default any free one
 */
export async function startMisbehavingReceiver(
  script: ReceiverScript = accept,
  port = 0,
): Promise<MisbehavingReceiver> {
  const attempts: ReceivedAttempt[] = [];
  const counts = new Map<string, number>();
  const open = new Set<Socket>();
  const receive = async (request: IncomingMessage): Promise<AttemptAnswer> => {
    const { method = "", url: path = "", headers } = request;
    const body = await text(request);
    const messageId = String(headers["webhook-id"]);
    const nth = (counts.get(`${path} ${messageId}`) ?? 0) + 1;
    counts.set(`${path} ${messageId}`, nth);
    const timestamp = Number(headers["webhook-timestamp"]);
    const attempt = { method, path, headers, body, messageId, timestamp, nth };
    attempts.push(attempt);
    return script(attempt);
  };
  const server = createServer((request, response) => {
    // A client may leave at any time.
    response.on("error", () => undefined);
    void receive(request)
      .then((answer) => perform(answer, response))
      .catch(() => request.socket.resetAndDestroy());
  });
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    attempts,
    get openConnections() {
      return open.size;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function perform(answer: AttemptAnswer, response: ServerResponse): void {
  if (typeof answer === "function") {
    answer(response);
    return;
  }
  const { status, headers = {}, body = "" } = typeof answer === "number" ? { status: answer } : answer;
  response.writeHead(status, headers).end(body);
}
