/** Bytes for a writer of objects, as a reader of a source would give them. */
import { crc32 } from "node:zlib";
import { expect } from "vitest";
import {
  type NewObject,
  type ObjectBytes,
  type WriteTarget,
  type WrittenObject,
  writeObject,
} from "../../../functions/adapters/object-writer.ts";
import type { Part } from "../../../functions/adapters/part-assembly.ts";
import { digestOf, newObject } from "./running-output-store.ts";

/** What a writer does with the bytes that it is given. */
export interface GivenBytes {
  /** For the writer: begins to read. */
  readonly read: (partBytes: number) => ObjectBytes;
  /** Parts that it took so far. */
  readonly taken: number;
  /** Parts of them that it has not given back. A part that is given back twice fails the test. */
  readonly kept: number;
}

/**
 * A body in parts. All of it counts as hashed, also where a writer takes fewer parts than there are.
 * @param fault thrown in place of the last part. Default none
 */
export function givenBytes(body: Uint8Array, fault?: Error): GivenBytes {
  const out = new Set<number>();
  let taken = 0;
  async function* parts(partBytes: number): AsyncGenerator<Part> {
    for (let first = 0; first < body.length; first += partBytes) {
      if (fault && first + partBytes >= body.length) throw fault;
      taken += 1;
      const number = taken;
      out.add(number);
      const bytes = Buffer.from(body.subarray(first, first + partBytes));
      const release = () => {
        expect(out.delete(number), "given back once").toBe(true);
        // What is still being sent must not be used again: whoever gets it would write over it.
        bytes.fill(0xee);
      };
      yield { number, bytes, crc32: crc32(bytes), release };
    }
  }
  return {
    read: (partBytes) => ({ parts: () => parts(partBytes), finish: async () => digestOf(body) }),
    get taken() {
      return taken;
    },
    get kept() {
      return out.size;
    },
  };
}

/** A body for a writer, where nothing else of it matters. */
export const bytesOf = (body: Uint8Array): GivenBytes["read"] => givenBytes(body).read;

/** Writes a body, announced with its size unless changed. However that ends, every part must have been given back. */
export async function writeBody(
  target: WriteTarget,
  body: Uint8Array,
  changed: Partial<NewObject> = {},
  given = givenBytes(body),
): Promise<WrittenObject> {
  try {
    return await writeObject(target, newObject(body.length, changed), given.read);
  } finally {
    expect(given.kept).toBe(0);
  }
}
