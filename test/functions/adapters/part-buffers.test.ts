import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPartBuffers, type PartBuffers } from "../../../functions/adapters/part-buffers.ts";
import { rejectionOf } from "../../support/everything-in.ts";

const kibibyte = 1_024;
const never = new AbortController().signal;

/** Turns in which promises that can settle have settled. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A take whose outcome can be looked at. */
function taking(buffers: PartBuffers, bytes: number, signal = never) {
  const taken: { buffer?: Buffer; error?: unknown } = {};
  void buffers.take(bytes, signal).then(
    (buffer) => Object.assign(taken, { buffer }),
    (error) => Object.assign(taken, { error }),
  );
  return taken;
}

describe("a buffer", () => {
  it.each([
    [0, 64],
    [1, 64],
    [64 * kibibyte, 64],
    [64 * kibibyte + 1, 128],
    [5 * 1_024 * kibibyte, 8 * 1_024],
    [8 * 1_024 * kibibyte, 8 * 1_024],
    [8 * 1_024 * kibibyte + 1, 16 * 1_024],
  ])("for %d bytes has %d KiB", async (bytes, size) => {
    const buffers = createPartBuffers(32 * 1_024 * kibibyte);
    expect((await buffers.take(bytes, never)).length).toBe(size * kibibyte);
  });

  it("that was given back is used again, also for other bytes that need the same size", async () => {
    const buffers = createPartBuffers(512 * kibibyte);
    const first = await buffers.take(100 * kibibyte, never);
    buffers.give(first);
    expect(await buffers.take(128 * kibibyte, never)).toBe(first);
    expect(await buffers.take(128 * kibibyte, never)).not.toBe(first);
  });

  it("of shared memory is kept for the next run, and for nobody who does not ask for such a one", async () => {
    const [one, two] = [createPartBuffers(512 * kibibyte), createPartBuffers(512 * kibibyte)];
    const shared = await one.take(256 * kibibyte, never, true);
    expect(shared.buffer).toBeInstanceOf(SharedArrayBuffer);
    one.give(shared);
    expect((await two.take(256 * kibibyte, never)).buffer).toBeInstanceOf(ArrayBuffer);
    expect(await two.take(256 * kibibyte, never, true)).toBe(shared);
    two.give(shared);
  });

  it("is nobody else's while it is in use", async () => {
    const buffers = createPartBuffers(512 * kibibyte);
    const all = await Promise.all([1, 2, 3, 4].map(() => buffers.take(128 * kibibyte, never)));
    expect(new Set(all.map(({ buffer }) => buffer)).size).toBe(4);
    for (const { byteOffset, buffer, length } of all) expect([byteOffset, buffer.byteLength]).toEqual([0, length]);
  });

  it("of a size that is not asked for any more makes room", async () => {
    const buffers = createPartBuffers(512 * kibibyte);
    const small = await Promise.all([1, 2, 3, 4].map(() => buffers.take(128 * kibibyte, never)));
    for (const buffer of small) buffers.give(buffer);
    buffers.give(await buffers.take(512 * kibibyte, never));
    // All 512 KiB of the bound were needed: none of the small ones was kept.
    expect(small).not.toContain(await buffers.take(128 * kibibyte, never));
  });

  it("of another size is kept as long as there is room", async () => {
    const buffers = createPartBuffers(512 * kibibyte);
    const small = [await buffers.take(64 * kibibyte, never), await buffers.take(64 * kibibyte, never)];
    for (const buffer of small) buffers.give(buffer);
    const large = await buffers.take(256 * kibibyte, never);
    expect(small).toContain(await buffers.take(64 * kibibyte, never));
    expect(small).toContain(await buffers.take(64 * kibibyte, never));
    buffers.give(large);
    expect(await buffers.take(256 * kibibyte, never)).toBe(large);
  });
});

describe("who asks for more than there is", () => {
  it("waits until enough was given back", async () => {
    const buffers = createPartBuffers(256 * kibibyte);
    const [first, second] = await Promise.all([1, 2].map(() => buffers.take(128 * kibibyte, never)));
    expect(buffers.waits).toBe(0);
    const large = taking(buffers, 256 * kibibyte);
    await settle();
    expect([large, buffers.waits, buffers.waiting]).toEqual([{}, 1, 1]);
    if (first) buffers.give(first);
    await settle();
    expect(large).toEqual({});
    if (second) buffers.give(second);
    await settle();
    expect(large.buffer?.length).toBe(256 * kibibyte);
  });

  it("is served in the order of asking: a small one does not overtake a large one, which would starve", async () => {
    const buffers = createPartBuffers(256 * kibibyte);
    const first = await buffers.take(128 * kibibyte, never);
    const large = taking(buffers, 256 * kibibyte);
    const small = taking(buffers, 64 * kibibyte);
    await settle();
    expect([large, small, buffers.waits, buffers.waiting]).toEqual([{}, {}, 2, 2]);
    buffers.give(first);
    await settle();
    expect(buffers.waiting).toBe(1);
    expect([large.buffer?.length, small]).toEqual([256 * kibibyte, {}]);
    if (large.buffer) buffers.give(large.buffer);
    await settle();
    expect(small.buffer?.length).toBe(64 * kibibyte);
  });

  it("is served together with the next, where one that is given back does for both", async () => {
    const buffers = createPartBuffers(256 * kibibyte);
    const first = await buffers.take(256 * kibibyte, never);
    const next = [taking(buffers, 128 * kibibyte), taking(buffers, 64 * kibibyte), taking(buffers, 128 * kibibyte)];
    buffers.give(first);
    await settle();
    expect(next.map(({ buffer }) => buffer?.length)).toEqual([128 * kibibyte, 64 * kibibyte, undefined]);
  });

  it("gets a buffer larger than the bound when nothing else is in use, and only then", async () => {
    const buffers = createPartBuffers(128 * kibibyte);
    const small = await buffers.take(1, never);
    const huge = taking(buffers, 1_024 * kibibyte);
    await settle();
    expect(huge).toEqual({});
    buffers.give(small);
    await settle();
    expect(huge.buffer?.length).toBe(1_024 * kibibyte);
    const beside = taking(buffers, 1);
    await settle();
    expect(beside).toEqual({});
    if (huge.buffer) buffers.give(huge.buffer);
    await settle();
    expect(beside.buffer?.length).toBe(64 * kibibyte);
  });
});

describe("a signal that fires", () => {
  it("ends the waiting, and lets those behind it move up", async () => {
    const buffers = createPartBuffers(256 * kibibyte);
    await buffers.take(128 * kibibyte, never);
    const giveUp = new AbortController();
    const large = taking(buffers, 256 * kibibyte, giveUp.signal);
    const small = taking(buffers, 128 * kibibyte);
    await settle();
    expect([large, small]).toEqual([{}, {}]);
    giveUp.abort();
    await settle();
    expect(large.error).toMatchObject({ name: "CopyInterrupted" });
    expect([small.buffer?.length, buffers.waits, buffers.waiting]).toEqual([128 * kibibyte, 2, 0]);
  });

  it("ends the waiting of one in the middle of the queue, and of nobody else", async () => {
    const buffers = createPartBuffers(64 * kibibyte);
    const first = await buffers.take(1, never);
    const giveUp = new AbortController();
    const [before, middle, after] = [taking(buffers, 1), taking(buffers, 1, giveUp.signal), taking(buffers, 1)];
    giveUp.abort();
    await settle();
    expect(middle.error).toMatchObject({ name: "CopyInterrupted" });
    expect([before, after]).toEqual([{}, {}]);
    buffers.give(first);
    await settle();
    expect([before.buffer, after]).toEqual([first, {}]);
    buffers.give(first);
    await settle();
    expect(after.buffer).toBe(first);
  });

  it("before there was a turn to wait for ends it at once", async () => {
    const buffers = createPartBuffers(64 * kibibyte);
    const first = await buffers.take(1, never);
    const error = await rejectionOf(buffers.take(1, AbortSignal.abort()));
    expect(error).toMatchObject({ name: "CopyInterrupted" });
    // It holds no place in the queue.
    buffers.give(first);
    expect(await buffers.take(1, never)).toBe(first);
  });

  it("after the buffer was handed over changes nothing: it is the taker's, who gives it back", async () => {
    const buffers = createPartBuffers(64 * kibibyte);
    const first = await buffers.take(1, never);
    const giveUp = new AbortController();
    const served = taking(buffers, 1, giveUp.signal);
    const next = taking(buffers, 1);
    // Handed over in this turn, and the signal fires before the taker hears of it.
    buffers.give(first);
    giveUp.abort();
    await settle();
    expect([served, next]).toEqual([{ buffer: first }, {}]);
    buffers.give(first);
    await settle();
    expect(next.buffer).toBe(first);
  });

  it("has no listener left once there is nobody to end", async () => {
    const buffers = createPartBuffers(64 * kibibyte);
    const first = await buffers.take(1, never);
    const { signal } = new AbortController();
    let listeners = 0;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    const served = taking(buffers, 1, signal);
    expect(listeners).toBe(1);
    buffers.give(first);
    await settle();
    expect([served.buffer, listeners]).toEqual([first, 0]);
  });
});

describe("whoever takes, gives and gives up, in any order", () => {
  const bound = 512 * kibibyte;
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ take: fc.integer({ min: 0, max: 700 * kibibyte }) }) },
    { weight: 3, arbitrary: fc.record({ give: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ giveUp: fc.nat() }) },
  );

  it("the bound is held, buffers have one owner, turns come in order, and everybody is served in the end", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const buffers = createPartBuffers(bound);
        const owned: Buffer[] = [];
        const waiting: { readonly nth: number; readonly abort: AbortController }[] = [];
        const served: number[] = [];
        let taken = 0;
        const look = () => {
          const used = owned.reduce((sum, { length }) => sum + length, 0);
          expect(used <= bound || owned.length === 1).toBe(true);
          expect(new Set(owned).size).toBe(owned.length);
          expect(served).toEqual(served.toSorted((one, other) => one - other));
        };
        const take = (bytes: number) => {
          const asking = { nth: taken, abort: new AbortController() };
          taken += 1;
          waiting.push(asking);
          const leave = () => waiting.splice(waiting.indexOf(asking), 1);
          void buffers.take(bytes, asking.abort.signal).then((buffer) => {
            leave();
            served.push(asking.nth);
            owned.push(buffer);
            expect(buffer.length).toBeGreaterThanOrEqual(bytes);
          }, leave);
        };
        for (const one of steps) {
          if ("take" in one) take(one.take);
          if ("give" in one) for (const buffer of owned.splice(one.give % (owned.length + 1), 1)) buffers.give(buffer);
          if ("giveUp" in one) waiting[one.giveUp % (waiting.length + 1)]?.abort.abort();
          await settle();
          look();
        }
        while (owned.length > 0) {
          for (const buffer of owned.splice(0, 1)) buffers.give(buffer);
          await settle();
          look();
        }
        expect(waiting).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
