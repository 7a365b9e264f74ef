import { CopyInterrupted } from "../domain/errors.ts";

/** Buffers that are used over and over, within one bound for all that is copied at the same time. */
export interface PartBuffers {
  /**
   * A buffer of at least so many bytes; waits for its turn while too much is in use.
   * @param isShared whether its memory is shared, so that another thread can hash it. Default false
   * @throws {CopyInterrupted} when the signal fires first
   */
  take(bytes: number, signal: AbortSignal, isShared?: boolean): Promise<Buffer>;
  /** Gives a buffer back. */
  give(buffer: Buffer): void;
  /** Times that somebody had to wait so far. */
  readonly waits: number;
  /** How many wait now. */
  readonly waiting: number;
}

/** Smallest buffer, in bytes. Sizes are powers of two of it, so that one that was given back fits the next output, too. */
const smallestBuffer = 64 * 1_024;

/**
 * Shared buffers that no run uses, kept for the next run of this process: there are as many as were ever in use at once. V8 does
 * not count shared memory when it decides to collect, so what each run left behind would fill a warm Lambda function.
 */
const spare: Buffer[] = [];

/**
 * Buffers within a bound.
 * @param mostBytes bytes in use at once; a single buffer larger than that is given when nothing else is in use
 */
export function createPartBuffers(mostBytes: number): PartBuffers {
  const free: Buffer[] = [];
  const queue: { readonly size: number; readonly isShared: boolean; readonly give: (buffer: Buffer) => void }[] = [];
  let used = 0;
  let waits = 0;

  const allocate = (size: number, isShared: boolean): Buffer => {
    used += size;
    const kept = isShared ? spare : free;
    const at = kept.findIndex(({ length }) => length === size);
    const [recycled] = at < 0 ? [] : kept.splice(at, 1);
    if (recycled) return recycled;
    if (isShared) return Buffer.from(new SharedArrayBuffer(size));
    // Those of other sizes make room: what is held never exceeds the bound either.
    let held = used + free.reduce((sum, { length }) => sum + length, 0);
    while (free.length > 0 && held > mostBytes) held -= free.shift()?.length ?? 0;
    return Buffer.allocUnsafeSlow(size);
  };
  const fits = (size: number) => used === 0 || used + size <= mostBytes;
  const serve = () => {
    for (let next = queue[0]; next && fits(next.size); next = queue[0]) {
      queue.shift();
      next.give(allocate(next.size, next.isShared));
    }
  };

  return {
    async take(bytes, signal, isShared = false) {
      const size = sizeFor(bytes);
      if (queue.length === 0 && fits(size)) return allocate(size, isShared);
      waits += 1;
      const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
      const request = { size, isShared, give: resolve };
      const onAbort = () => {
        const at = queue.indexOf(request);
        if (at < 0) return;
        queue.splice(at, 1);
        reject(new CopyInterrupted("the function's time is up"));
        serve();
      };
      queue.push(request);
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
      return promise.finally(() => signal.removeEventListener("abort", onAbort));
    },
    give(buffer) {
      used -= buffer.length;
      (buffer.buffer instanceof SharedArrayBuffer ? spare : free).push(buffer);
      serve();
    },
    get waits() {
      return waits;
    },
    get waiting() {
      return queue.length;
    },
  };
}

function sizeFor(bytes: number): number {
  return Math.max(smallestBuffer, 2 ** Math.ceil(Math.log2(Math.max(1, bytes))));
}
