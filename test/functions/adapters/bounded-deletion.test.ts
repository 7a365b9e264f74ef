import { expect, test, vi } from "vitest";
import { boundedDeletion } from "../../../functions/adapters/bounded-deletion.ts";
import type { DeletePorts } from "../../../functions/adapters/delete-verified.ts";
import { CopyInterrupted } from "../../../functions/domain/errors.ts";

/** Ports whose calls are noted and never settle but by `settle`. */
function hangingPorts() {
  const called: string[] = [];
  const pending: PromiseWithResolvers<never>[] = [];
  const hang = (name: string) => () => {
    called.push(name);
    const answer = Promise.withResolvers<never>();
    pending.push(answer);
    return answer.promise;
  };
  const time = new AbortController();
  const ports: DeletePorts = {
    magicHour: { getProject: hang("getProject"), deleteProject: hang("deleteProject") },
    http: { request: hang("request"), connect: hang("connect"), close: hang("close") },
    store: {
      bucket: "bucket",
      head: hang("head"),
      survey: hang("survey"),
      readBack: hang("readBack"),
      write: hang("write"),
      readManifest: hang("readManifest"),
      writeManifest: hang("writeManifest"),
    },
    log: { info: vi.fn(), warn: vi.fn() },
    signal: time.signal,
  };
  return { bounded: boundedDeletion(ports), called, pending, time };
}

const steps: readonly [string, (ports: DeletePorts) => Promise<unknown>][] = [
  ["readManifest", ({ store }) => store.readManifest("a")],
  ["readBack", ({ store }) => store.readBack("a/0-a.wav")],
  ["getProject", ({ magicHour }) => magicHour.getProject("cm1")],
];

test.each(steps)("%s ends with the signal, whatever it waits for", async (name, step) => {
  const { bounded, called, time, pending } = hangingPorts();
  const outcome = expect(step(bounded)).rejects.toThrow(CopyInterrupted);
  expect(called).toEqual([name]);
  time.abort();
  await outcome;
  // What it was waiting for may still fail: nobody is troubled by that any more.
  pending[0]?.reject(new Error("too late"));
});

test.each([...steps, ["deleteProject", ({ magicHour }: DeletePorts) => magicHour.deleteProject("cm1")] as const])(
  "%s is not begun after the signal",
  async (_, step) => {
    const { bounded, called, time } = hangingPorts();
    time.abort();
    await expect(step(bounded)).rejects.toThrow(CopyInterrupted);
    expect(called).toEqual([]);
  },
);

test("a DELETE that was sent is waited for, also past the signal", async () => {
  const { bounded, time, pending } = hangingPorts();
  const settled = vi.fn();
  const deletion = bounded.magicHour.deleteProject("cm1").finally(settled);
  time.abort();
  await new Promise((resolve) => setImmediate(resolve));
  expect(settled).not.toHaveBeenCalled();
  pending[0]?.reject(new Error("its own end"));
  await expect(deletion).rejects.toThrow("its own end");
});

test("what is in time passes as it is", async () => {
  const { bounded, pending } = hangingPorts();
  const read = bounded.store.readBack("a/0-a.wav");
  pending[0]?.resolve(undefined as never);
  expect(await read).toBeUndefined();
  expect(bounded.store.bucket).toBe("bucket");
});
