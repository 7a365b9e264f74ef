import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Answer, FaultAnswer } from "./answer.ts";
import { errorAnswer } from "./answer.ts";
import { operationOf } from "./operations.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";
import { header, readRequest } from "./s3-request.ts";
import type { StoreState } from "./store-state.ts";

/**
 * What a test makes of a request: an error answer without carrying it out; `reset`, a TCP reset; `stall`, no answer
 * and no reading; `answer-lost`, carry it out and then close the connection without an answer.
 */
export type Fault = FaultAnswer | "reset" | "stall" | "answer-lost";

/** What a fault is chosen by. `bucket` and `key` are empty when the request names none. */
export type FaultRequest = Omit<S3Request, "body">;

/** Chooses what goes wrong with a request; undefined when nothing does. */
export type OnRequest = (request: FaultRequest) => Fault | undefined;

/** A listening S3 endpoint. */
export interface S3Server {
  /** The TCP port on 127.0.0.1. */
  readonly port: number;
  /** Cuts every connection, stops listening and waits for the operations that are still running. */
  close(): Promise<void>;
}

/** Listens on 127.0.0.1; port 0 takes a free one. Rejects with Node's error when the port is taken. */
export async function listen(state: StoreState, port: number, onRequest: OnRequest): Promise<S3Server> {
  const running = new Set<Promise<void>>();
  // Longer than clients keep a connection, so that none is closed under a request that is on its way.
  const server = createServer({ keepAliveTimeout: 65_000 }, (incoming, outgoing) => {
    // What fails once the headers are out (a file that cannot be read, a client that left) can only cut the answer.
    const exchange = handle(incoming, outgoing, state, onRequest).catch(() => void outgoing.destroy());
    running.add(exchange);
    void exchange.finally(() => running.delete(exchange));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => close(server, running) };
}

async function close(server: Server, running: ReadonlySet<Promise<void>>): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  server.closeAllConnections();
  await Promise.all([closed, ...running]);
}

async function handle(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  state: StoreState,
  onRequest: OnRequest,
): Promise<void> {
  const requestId = randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase();
  outgoing.setHeader("x-amz-request-id", requestId);
  const outcome = await outcomeOf(incoming, requestId, state, onRequest);
  if (outcome === "stall") return;
  if (outcome === "reset") incoming.socket.resetAndDestroy();
  else if (outcome === "answer-lost") incoming.socket.destroy();
  else await send(incoming, outgoing, outcome);
}

async function outcomeOf(
  incoming: IncomingMessage,
  requestId: string,
  state: StoreState,
  onRequest: OnRequest,
): Promise<Answer | "reset" | "stall" | "answer-lost"> {
  const resource = (incoming.url ?? "/").replace(/\?.*$/s, "");
  try {
    const request = readRequest(incoming, requestId);
    const fault = onRequest(request);
    if (fault === "stall" || fault === "reset") return fault;
    if (fault === "answer-lost") return await loseAnswer(request, state);
    return fault === undefined ? await carryOut(request, state) : errorAnswer(fault, resource);
  } catch (error) {
    return errorAnswer(asS3Error(error), resource);
  }
}

async function loseAnswer(request: S3Request, state: StoreState): Promise<"answer-lost"> {
  // A refusal is an answer too, and is lost like any other.
  const answer = await carryOut(request, state).catch(() => undefined);
  if (answer?.body instanceof Readable) answer.body.destroy();
  return "answer-lost";
}

async function carryOut(request: S3Request, state: StoreState): Promise<Answer> {
  // Signatures are not verified, but a client without credentials would fail on AWS, so it fails here.
  if (header(request, "authorization") === undefined) {
    throw new S3Error("AccessDenied", "The request has no Authorization header: the client has no credentials.");
  }
  return await operationOf(request)(request, state);
}

function asS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  return new S3Error("InternalError", error instanceof Error ? error.message : String(error));
}

async function send(incoming: IncomingMessage, outgoing: ServerResponse, answer: Answer): Promise<void> {
  // A body that was refused half-way is read to its end, so that the client gets to read the answer.
  incoming.resume();
  outgoing.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    if (value !== undefined) outgoing.setHeader(name, value);
  }
  if (answer.body instanceof Readable) {
    // Where the client is gone already, the pipeline never begins, and would leave the file open.
    await pipeline(answer.body, outgoing).finally(() => (answer.body as Readable).destroy());
  } else outgoing.end(incoming.method === "HEAD" ? undefined : answer.body);
}
