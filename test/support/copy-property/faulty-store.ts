/** The object store behind a socket of its own, on which calls go wrong as the run they belong to says. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";
import { type Answer, errorAnswer } from "../../../lib/local/object-store/answer.ts";
import { operationOf } from "../../../lib/local/object-store/operations.ts";
import { S3Error } from "../../../lib/local/object-store/s3-error.ts";
import { readRequest, type S3Request } from "../../../lib/local/object-store/s3-request.ts";
import type { StoreState } from "../../../lib/local/object-store/store-state.ts";
import { storeOperationOf } from "../store-faults.ts";
import type { CopyRun } from "./copy-run.ts";
import { bodyAfter, errorOf, refusalOf, reset } from "./faulty-calls.ts";
import type { OtherWriter } from "./other-writer.ts";
import type { CopyOperation, StoreStep } from "./scenario.ts";

/** A running store. */
export interface FaultyStore {
  readonly url: string;
  close(): Promise<void>;
}

/** What a store works with. */
export interface FaultyStoreOptions {
  /** Its objects and uploads. */
  readonly state: StoreState;
  /** The run that a key belongs to. */
  readonly runOf: (key: string) => CopyRun | undefined;
  /** Another writer at the same store. */
  readonly other: OtherWriter;
}

/** Starts a store on a free port of 127.0.0.1. */
export async function startFaultyStore({ state, runOf, other }: FaultyStoreOptions): Promise<FaultyStore> {
  const server = createServer({ keepAliveTimeout: 65_000 }, (incoming, outgoing) => {
    const request = readRequest(incoming, "");
    const run = runOf(request.key || (request.query.get("prefix") ?? ""));
    const exchange = exchangeOf({ incoming, outgoing, request, run, state, other })
      // A client that left, or a store that is being closed.
      .catch(() => void incoming.socket.destroy());
    run?.pending.add(exchange);
    void exchange.finally(() => run?.pending.delete(exchange));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly request: S3Request;
  readonly run: CopyRun | undefined;
  readonly state: StoreState;
  readonly other: OtherWriter;
}

async function exchangeOf(exchange: Exchange): Promise<void> {
  const { incoming, outgoing, request, run } = exchange;
  const isListing = request.key === "" && request.query.get("list-type") === "2";
  const operation: CopyOperation | undefined = isListing ? "ListObjectsV2" : storeOperationOf(request);
  const step = operation && run?.storeStep(operation);
  const what = `${operation} ${request.key.slice(request.key.lastIndexOf("/") + 1)}`;
  run?.journal.push(`S3: ${what}${step ? `: ${step.does} (${step.at})` : ""}`);
  // An abortion that is refused may leave its upload open.
  if (step?.on === "AbortMultipartUpload") run?.excusedUploads.add(request.query.get("uploadId") ?? "");
  if (step?.does === "reset" || step?.does === "reset in body") return await reset(incoming, step);
  if (step) await before(exchange, step);
  const answer = (step && refusalOf(step)) ?? (await carryOut(exchange, step));
  if (step) excuseUnknown(exchange, step, answer);
  if (step?.does === "answered late") await setTimeout(step.at);
  const told = step?.does === "error in 200, carried out" ? errorOf(200, "InternalError") : answer;
  const isLost = step?.does === "answer lost" || outgoing.destroyed;
  run?.journal.push(`  S3: ${what} answered ${told.status}${isLost ? ", which nobody hears" : ""}`);
  if (step?.does === "answer lost") return void incoming.socket.destroy();
  await send(exchange, told);
}

async function carryOut({ incoming, request, state }: Exchange, step: StoreStep | undefined): Promise<Answer> {
  try {
    return await operationOf(request)({ ...request, body: await bodyAfter(incoming, step) }, state);
  } catch (error) {
    if (error instanceof S3Error) return errorAnswer(error, request.key);
    throw error;
  }
}

async function send({ incoming, outgoing }: Exchange, { status, headers, body }: Answer): Promise<void> {
  // A body that nobody has read is read to its end, so that the client gets to read the answer.
  incoming.resume();
  outgoing.statusCode = status;
  for (const [name, value] of Object.entries(headers ?? {})) if (value !== undefined) outgoing.setHeader(name, value);
  if (body instanceof Readable) await pipeline(body, outgoing);
  else outgoing.end(incoming.method === "HEAD" ? undefined : body);
}

/** What happens before the store gets to the call. */
async function before({ request, run, other }: Exchange, { does, at }: StoreStep): Promise<void> {
  if (does === "late") return await setTimeout(at);
  if (!run) return;
  if (does === "upload aborted meanwhile") await other.abort(request.key, request.query.get("uploadId"));
  if (does === "equal bytes" || does === "equal bytes under another checksum" || does === "other bytes") {
    await other.put(run, request.key, does);
  }
}

/** Remembers an upload whose id never reaches the copy: nobody can tell it from one of another transfer. */
function excuseUnknown({ run }: Exchange, { on, does }: StoreStep, { body }: Answer): void {
  const uploadId = /<UploadId>([^<]+)</.exec(typeof body === "string" ? body : "")?.[1];
  if (on === "CreateMultipartUpload" && does === "answer lost" && uploadId) run?.excusedUploads.add(uploadId);
}
