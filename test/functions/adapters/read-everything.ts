import { crc32 } from "node:zlib";
import { expect } from "vitest";
import type { SourceReader } from "../../../functions/adapters/source-reader.ts";
import { digestOf } from "./running-output-store.ts";

/**
 * All bytes of a source, each part given back at once. Whatever the source did: parts come in their order, all but the last of
 * one size, with their own CRC32; and the hashes at the end are those of all bytes.
 * @param pieces takes the parts as they come, so that a test has them when reading fails
 */
export async function readEverything(reader: SourceReader, partBytes: number, pieces: Buffer[] = []): Promise<Buffer> {
  for await (const part of reader.parts()) {
    const bytes = Buffer.from(part.bytes);
    const isFull = pieces.every((piece) => piece.length === partBytes) && bytes.length <= partBytes;
    pieces.push(bytes);
    expect([part.number, part.crc32, isFull]).toEqual([pieces.length, crc32(bytes), true]);
    part.release();
  }
  const all = Buffer.concat(pieces);
  expect(await reader.finish()).toEqual(digestOf(all));
  return all;
}
