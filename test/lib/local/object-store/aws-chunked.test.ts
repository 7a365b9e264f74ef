import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeAwsChunked } from "../../../../lib/local/object-store/aws-chunked.ts";

async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let offset = 0;
  for (const size of sizes) {
    yield bytes.subarray(offset, offset + size);
    offset += size;
  }
  yield bytes.subarray(offset);
}

async function decode(source: AsyncIterable<Buffer>): Promise<{ bytes: Buffer; trailers: Map<string, string> }> {
  const trailers = new Map<string, string>();
  const pieces: Buffer[] = [];
  for await (const piece of decodeAwsChunked(source, trailers)) pieces.push(piece);
  return { bytes: Buffer.concat(pieces), trailers };
}

test("whatever the chunks and however the network cuts them, the bytes and the trailers come through", async () => {
  const chunk = fc.uint8Array({ minLength: 1, maxLength: 40 });
  const cuts = fc.array(fc.integer({ min: 0, max: 20 }));
  await fc.assert(
    fc.asyncProperty(fc.array(chunk), cuts, fc.boolean(), async (chunks, sizes, signed) => {
      const signature = signed ? ";chunk-signature=abc" : "";
      const framed = Buffer.concat([
        ...chunks.flatMap((bytes) => [
          Buffer.from(`${bytes.length.toString(16)}${signature}\r\n`),
          bytes,
          Buffer.from("\r\n"),
        ]),
        Buffer.from(`0${signature}\r\nX-Amz-Checksum-Crc32: AAAAAA==\r\n\r\n`),
      ]);
      const { bytes, trailers } = await decode(inPieces(framed, sizes));
      expect(bytes.equals(Buffer.concat(chunks))).toBe(true);
      expect([...trailers]).toEqual([["x-amz-checksum-crc32", "AAAAAA=="]]);
    }),
  );
});

test.each([
  ["3\r\nabc\r\n", "IncompleteBody"],
  ["3\r\nab", "IncompleteBody"],
  ["0\r\n", "IncompleteBody"],
  ["2\r\nabc\r\n0\r\n\r\n", "InvalidRequest"],
  ["xyz\r\n", "InvalidRequest"],
  ["0\r\nno colon\r\n\r\n", "MalformedTrailerError"],
  ["a".repeat(10_000), "InvalidRequest"],
])("%j is refused", async (framed, code) => {
  await expect(decode(inPieces(Buffer.from(framed), [1]))).rejects.toMatchObject({ code });
});
