import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createHashThread, startHash } from "../../../functions/adapters/hash-thread.ts";
import { rejectionOf } from "../../support/everything-in.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** A copy in shared memory, as buffers for parts are. */
function shared(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

function running() {
  const thread = createHashThread();
  onTestFinished(() => thread.close());
  return thread;
}

test("hashes that grow side by side are each that of its own bytes, in their order", async () => {
  const thread = running();
  const pieces = fc.array(fc.record({ of: fc.nat({ max: 3 }), bytes: fc.uint8Array({ maxLength: 200 }) }));
  await fc.assert(
    fc.asyncProperty(pieces, async (given) => {
      const hashes = Array.from({ length: 4 }, () => thread.start());
      const added = given.map(({ of, bytes }) => hashes[of]?.add(shared(bytes)));
      const found = await Promise.all(hashes.map((hash) => hash.finish()));
      const whole = (index: number) => Buffer.concat(given.filter(({ of }) => of === index).map(({ bytes }) => bytes));
      expect(found).toEqual([0, 1, 2, 3].map((index) => sha256(whole(index))));
      await Promise.all(added);
    }),
  );
});

test("bytes may change as soon as they are added", async () => {
  const hash = running().start();
  const buffer = shared(Buffer.alloc(8 * 1_024 ** 2, "a"));
  const first = sha256(buffer);
  await hash.add(buffer);
  buffer.fill("b");
  expect(await hash.finish()).toBe(first);
});

test("bytes that are not shared are refused: they would be copied", async () => {
  await expect(running().start().add(Buffer.from("a"))).rejects.toThrow(/not in shared memory/);
});

describe("a thread that has ended", () => {
  const ended = { name: "CopyInterrupted", message: expect.stringContaining("the hashing thread ended") };

  test("leaves no hash waiting, and takes nothing more", async () => {
    const thread = running();
    const hash = thread.start();
    const adding = rejectionOf(hash.add(shared(Buffer.from("a"))));
    const finishing = rejectionOf(hash.finish());
    thread.close();
    expect([await adding, await finishing]).toMatchObject([ended, ended]);
    await expect(thread.start().finish()).rejects.toMatchObject(ended);
  });

  test("also by an error of its own", async () => {
    const hash = running().start();
    // No bytes: the hash in the thread refuses them, which ends it.
    const notBytes = { buffer: new SharedArrayBuffer(1) } as unknown as Uint8Array;
    await expect(hash.add(notBytes)).rejects.toMatchObject(ended);
    await expect(hash.finish()).rejects.toMatchObject(ended);
  });
});

test("where no thread can be had, bytes are refused and nothing hangs", async () => {
  vi.resetModules();
  vi.doMock("node:worker_threads", () => ({
    Worker: class {
      constructor() {
        throw Object.assign(new Error("no thread: EAGAIN"), { code: "ERR_WORKER_INIT_FAILED" });
      }
    },
  }));
  onTestFinished(() => void vi.doUnmock("node:worker_threads"));
  const { createHashThread: create } = await import("../../../functions/adapters/hash-thread.ts");
  const hash = create().start();
  const refused = { name: "CopyInterrupted", message: "the hashing thread ended: no thread: EAGAIN" };
  await expect(hash.add(shared(Buffer.from("a")))).rejects.toMatchObject(refused);
  await expect(hash.add(shared(Buffer.from("b")))).rejects.toMatchObject(refused);
  await expect(hash.finish()).rejects.toMatchObject(refused);
});

test("a hash of the caller's own thread is the same", async () => {
  const hash = startHash();
  await hash.add(Buffer.from("ab"));
  await hash.add(Buffer.from("c"));
  expect(await hash.finish()).toBe(sha256(Buffer.from("abc")));
});
