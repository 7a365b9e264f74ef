import { S3Error } from "./s3-error.ts";

/** No line of the framing is longer: a size, a signature or one trailer. */
const LONGEST_LINE = 8 * 1024;
const CRLF = Buffer.from("\r\n");

/**
 * Takes S3's `aws-chunked` framing off a body: `<hex size>[;chunk-signature=…]\r\n<bytes>\r\n`, a chunk of size 0,
 * then trailers. Yields the bytes and fills `trailers` (names in lower case) once they are through. Signatures are
 * not checked. Source: "Signature calculations for trailing headers", Amazon S3 API reference.
 * Throws S3Error `IncompleteBody` when the body ends early and `InvalidRequest` when the framing is broken.
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const reader = new FrameReader(source);
  for (;;) {
    let left = chunkSize(await reader.line());
    if (left === 0) break;
    while (left > 0) {
      const piece = await reader.bytes(left);
      left -= piece.length;
      yield piece;
    }
    if ((await reader.line()) !== "") throw new S3Error("InvalidRequest", "A chunk is longer than its size says.");
  }
  for (let line = await reader.line(); line !== ""; line = await reader.line()) {
    const colon = line.indexOf(":");
    if (colon < 1) throw new S3Error("MalformedTrailerError", "A trailer is not of the form name:value.");
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

function chunkSize(line: string): number {
  const hex = /^([0-9a-fA-F]{1,12})(?:;|$)/.exec(line)?.[1];
  if (hex === undefined) throw new S3Error("InvalidRequest", "A chunk of the aws-chunked body has no size.");
  return Number.parseInt(hex, 16);
}

/** Reads lines and byte runs from a stream of buffers, without copying the bytes. */
class FrameReader {
  readonly #source: AsyncIterator<Buffer>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next line without its CRLF. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf(CRLF);
      if (end >= 0) return this.#take(end + CRLF.length).toString("latin1", 0, end);
      if (this.#buffer.length > LONGEST_LINE) throw new S3Error("InvalidRequest", "A line of the framing is too long.");
      this.#buffer = Buffer.concat([this.#buffer, await this.#next()]);
    }
  }

  /** At least one and at most `limit` bytes. */
  async bytes(limit: number): Promise<Buffer> {
    while (this.#buffer.length === 0) this.#buffer = await this.#next();
    return this.#take(Math.min(limit, this.#buffer.length));
  }

  #take(count: number): Buffer {
    const taken = this.#buffer.subarray(0, count);
    this.#buffer = this.#buffer.subarray(count);
    return taken;
  }

  async #next(): Promise<Buffer> {
    const { done, value } = await this.#source.next();
    if (done) throw new S3Error("IncompleteBody", "The aws-chunked body ended before its last chunk.");
    return value;
  }
}
