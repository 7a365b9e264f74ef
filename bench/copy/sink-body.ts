import type { IncomingMessage } from "node:http";
import { crc32 } from "node:zlib";
import { type DiscardedBody, headerOf } from "./sink-objects.ts";
import { crc32Text } from "./source-digest.ts";

/** The bucket in which the CRC32 of every body is computed as it comes. It costs time, so it is never the timed one. */
export const checkingBucket = "checking";

/** The bucket that answers as a distant one would: see `distantMilliseconds`. */
export const distantBucket = "distant";

/** Largest JSON body that is kept, in bytes. */
const largestKept = 1_024 ** 2;

/** A body that came, with its text where that is kept. */
export interface ReceivedBody extends DiscardedBody {
  /** The text, if it is JSON up to 1 MiB; null for anything else. */
  readonly text: string | null;
}

/** Reads a request's body to its end and throws it away. @throws {Error} when it breaks off */
export function discardBody(request: IncomingMessage): Promise<ReceivedBody> {
  const isKept = headerOf(request.headers, "content-type")?.startsWith("application/json") ?? false;
  const isChecked = request.url?.startsWith(`/${checkingBucket}/`) ?? false;
  const kept: Buffer[] = [];
  let bytes = 0;
  let sum = 0;
  return new Promise((resolve, reject) => {
    request.on("data", (piece: Buffer) => {
      bytes += piece.length;
      if (isChecked) sum = crc32(piece, sum);
      if (isKept && bytes <= largestKept) kept.push(piece);
    });
    request.on("error", reject);
    request.on("end", () => {
      const claimed = headerOf(request.headers, "x-amz-checksum-crc32");
      const framed = headerOf(request.headers, "x-amz-decoded-content-length");
      resolve({
        // Frames of aws-chunked are not taken apart: what counts is then what the sender says is inside, if so much came.
        bytes: framed === null ? bytes : Math.min(Number(framed), bytes),
        claimed,
        computed: isChecked ? crc32Text(sum) : null,
        text: isKept && bytes <= largestKept ? Buffer.concat(kept).toString("utf8") : null,
      });
    });
  });
}
