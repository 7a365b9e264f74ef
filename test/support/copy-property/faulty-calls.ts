/** What becomes of calls of S3, as steps say. */
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { Answer } from "../../../lib/local/object-store/answer.ts";
import { originSecret } from "../origin-project.ts";
import type { StoreStep } from "./scenario.ts";

/** Reads a request's body. @param most where to stop reading, in bytes */
async function bodyOf(incoming: IncomingMessage, most = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= most) break;
  }
  return Buffer.concat(pieces);
}

/** Resets the connection: at once, or after so many bytes of the body. */
export async function reset(incoming: IncomingMessage, { does, at }: StoreStep): Promise<void> {
  if (does === "reset in body") await bodyOf(incoming, Math.max(1, at));
  incoming.socket.resetAndDestroy();
}

/** The body as the store gets it: as it came, with another byte, or with another list of parts. */
export async function bodyAfter(incoming: IncomingMessage, step: StoreStep | undefined): Promise<Readable> {
  switch (step?.does) {
    case "damaged on the way":
      return inPieces(damaged(await bodyOf(incoming), step.at));
    case "a part left out":
    case "parts exchanged":
      return inPieces(otherParts(await bodyOf(incoming), step.does));
    default:
      return incoming;
  }
}

function damaged(body: Buffer, at: number): Buffer {
  const place = at % (body.length || 1);
  const byte = body[place];
  if (byte !== undefined) body[place] = byte ^ 0x20;
  return body;
}

/** The list of a CompleteMultipartUpload without its last part, or with the last one first. */
function otherParts(body: Buffer, does: "a part left out" | "parts exchanged"): Buffer {
  const [head = "", ...parts] = body.toString().split(/(?=<Part>|<\/CompleteMultipartUpload>)/);
  const tail = parts.pop() ?? "";
  const last = parts.pop() ?? "";
  return Buffer.from([head, ...(does === "a part left out" ? parts : [last, ...parts]), tail].join(""));
}

/** A stream of 64 KiB a piece, as a socket gives. */
function inPieces(body: Buffer): Readable {
  const piece = 65_536;
  const count = Math.ceil(body.length / piece);
  return Readable.from(Array.from({ length: count }, (_, nth) => body.subarray(nth * piece, (nth + 1) * piece)));
}

/** What S3 answers without carrying the call out; undefined when it carries it out. */
export function refusalOf({ does }: StoreStep): Answer | undefined {
  // To a part, though it keeps nothing of it.
  if (does === "swallowed") return { status: 200, headers: { etag: '"00000000000000000000000000000000"' } };
  if (does === "error in 200") return errorOf(200, "InternalError");
  const error = /^(\d+) (\w+)$/.exec(does);
  return error ? errorOf(Number(error[1]), error[2] ?? "") : undefined;
}

/** An error of S3, with a signed URL in its message as S3 has none: nothing written may hold it. */
export function errorOf(status: number, code: string): Answer {
  const message = `At https://s3.example/o?X-Amz-Signature=${originSecret} something failed.`;
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { "content-type": "application/xml" }, body };
}
