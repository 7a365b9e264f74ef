import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { parseRange } from "../../lib/local/simulator/byte-range.ts";
import { pace, pacedPiece } from "./connection-pace.ts";
import type { OriginDownload } from "./origin-address.ts";
import { sourcePiece } from "./source-bytes.ts";

/**
 * Answers the GET of a download as its mode says (RFC 9110: If-Match, If-Range, Range of one piece).
 * @throws {Error} when the client goes away
 */
export async function answerDownload(request: IncomingMessage, response: ServerResponse, download: OriginDownload) {
  const { mode, bytes, index } = download;
  const opaque = `"bench-${bytes}-${index}"`;
  const etag = mode === "weak" ? `W/${opaque}` : opaque;
  const { range, "if-match": ifMatch, "if-range": ifRange } = request.headers;
  // If-Match compares strongly: a weak ETag matches nothing, not even itself.
  if (ifMatch !== undefined && ifMatch !== "*" && (mode === "weak" || ifMatch !== etag)) {
    return void response.writeHead(412, { "content-length": 0 }).end();
  }
  const isHonoured = mode !== "noranges" && (ifRange === undefined || (ifRange === etag && mode !== "weak"));
  const piece = isHonoured ? parseRange(range, bytes) : undefined;
  if (piece === "unsatisfiable") {
    return void response.writeHead(416, { "content-range": `bytes */${bytes}`, "content-length": 0 }).end();
  }
  const { start, end } = piece ?? { start: 0, end: bytes };
  response.writeHead(piece ? 206 : 200, {
    "content-type": "audio/wav",
    "content-length": end - start,
    etag,
    ...(mode !== "noranges" && { "accept-ranges": "bytes" }),
    ...(piece && { "content-range": `bytes ${start}-${end - 1}/${bytes}` }),
  });
  if (request.method === "HEAD") return void response.end();
  await pipeline(pieces(download, start, end, request.socket), response);
}

/** The bytes from `start` to before `end`, in pieces that are given out at the connection's pace if it has one. */
async function* pieces(download: OriginDownload, start: number, end: number, socket: Socket): AsyncGenerator<Buffer> {
  const isPaced = download.mode === "throttled";
  for (let at = start; at < end; ) {
    const piece = sourcePiece(download, at, isPaced ? Math.min(pacedPiece, end - at) : end - at);
    if (isPaced) await pace(socket, piece.length);
    at += piece.length;
    yield piece;
  }
}
