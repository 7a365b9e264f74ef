/**
 * An origin behind one link that all downloads share: its outputs are sent piece by piece, a piece of each in turn, and the
 * time that each piece takes is passed before the next. On a real socket, in virtual time.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

/** What an origin behind a link serves, and how. */
export interface SharedLinkOptions {
  /** The outputs' bytes. */
  readonly bodies: readonly Uint8Array[];
  /** Pieces of the largest output; those of the others are as large. Default 256. */
  readonly pieces?: number;
  /** Nothing is sent until this is true. Default from the start. */
  readonly ready?: () => boolean;
  /** Lets the time pass that so many bytes take. */
  readonly onSent: (bytes: number) => Promise<void>;
  /** What is answered in place of an output, by its index: a status. Undefined, and the default, is honest. */
  readonly refuse?: (index: number) => number | undefined | Promise<number | undefined>;
}

/** A running origin behind a link. */
export interface SharedLink {
  /** The URL of an output, before its query. */
  url(index: number): string;
  /** Its origin. */
  readonly origin: string;
  /** How often each output was asked for. */
  readonly gets: readonly number[];
  /** Drops every connection and frees the port. */
  close(): Promise<void>;
}

/** A body on its way. */
interface Sending {
  readonly response: ServerResponse;
  readonly body: Uint8Array;
  at: number;
}

/** Starts one on a free port of 127.0.0.1. */
export async function startSharedLink(options: SharedLinkOptions): Promise<SharedLink> {
  const { bodies, pieces = 256, onSent, ready = () => true, refuse = () => undefined } = options;
  const pieceBytes = Math.ceil(Math.max(...bodies.map(({ length }) => length)) / pieces);
  const gets = bodies.map(() => 0);
  const open = new Set<Sending>();
  let isSending = false;

  const sendAll = async () => {
    if (isSending) return;
    isSending = true;
    while (!ready()) await setTimeout(5);
    while (open.size > 0) {
      const sent = [...open].map((sending) => sendPiece(sending, pieceBytes, open));
      const bytes = sent.reduce((sum, each) => sum + each, 0);
      // Nobody reads: those who do wait for buffers.
      await (bytes > 0 ? onSent(bytes) : setTimeout(1));
    }
    isSending = false;
  };

  const server = createServer(async ({ url = "" }, response) => {
    const index = Number(/\/(\d+)\.wav/.exec(url)?.[1]);
    const body = bodies[index] ?? new Uint8Array();
    gets[index] = (gets[index] ?? 0) + 1;
    const status = await refuse(index);
    if (status !== undefined) return void response.writeHead(status).end();
    // Without an ETag: one connection for each output, because how many there are would depend on the machine.
    response.writeHead(200, { "content-type": "audio/wav", "content-length": body.length }).flushHeaders();
    response.on("error", () => undefined);
    open.add({ response, body, at: 0 });
    void sendAll();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    gets,
    url: (index) => `${origin}/o/${index}.wav`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** @returns bytes sent: none while the client does not read */
function sendPiece(sending: Sending, pieceBytes: number, open: Set<Sending>): number {
  const { response, body, at } = sending;
  if (response.destroyed) open.delete(sending);
  if (response.destroyed || response.writableLength > 0) return 0;
  const piece = body.subarray(at, at + pieceBytes);
  sending.at += piece.length;
  if (sending.at < body.length) response.write(piece);
  else {
    response.end(piece);
    open.delete(sending);
  }
  return piece.length;
}
