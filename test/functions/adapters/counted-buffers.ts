/** A pool of buffers that tells how much of it is in use: nothing may be, once all that took from it have come to their end. */
import { expect } from "vitest";
import type { PartBuffers } from "../../../functions/adapters/part-buffers.ts";

/** A pool, with what is in use of it. */
export interface CountedBuffers extends PartBuffers {
  /** Bytes in use. */
  readonly used: number;
  /** Most bytes that were in use at once. */
  readonly mostUsed: number;
}

/** Counts what is taken from a pool; a buffer that is given back twice, or was never taken, fails the test. */
export function countedBuffers(pool: PartBuffers): CountedBuffers {
  const out = new Set<Buffer>();
  let used = 0;
  let mostUsed = 0;
  return {
    async take(bytes, signal, isShared) {
      const buffer = await pool.take(bytes, signal, isShared);
      out.add(buffer);
      used += buffer.length;
      mostUsed = Math.max(mostUsed, used);
      return buffer;
    },
    give(buffer) {
      expect(out.delete(buffer), "given back once, by who took it").toBe(true);
      used -= buffer.length;
      pool.give(buffer);
    },
    get waits() {
      return pool.waits;
    },
    get waiting() {
      return pool.waiting;
    },
    get used() {
      return used;
    },
    get mostUsed() {
      return mostUsed;
    },
  };
}
