/** Aborts and kills in the middle of everything: nothing partial under a final name, nothing left, and a way to go on. */
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { drip, stallAt, stallBeforeHeaders } from "../support/behaviour.ts";
import { audioBytes } from "../support/origin-project.ts";
import { everyAnswer } from "../support/vendor-answers.ts";
import { startScript } from "./child-process.ts";
import { runOriginClient } from "./origin-client.ts";
import { rejectionOf, runClient } from "./running-client.ts";

const body = audioBytes(6 * 1_024 ** 2);
const reason = new Error("enough");

it("rejects with the signal's reason before anything is sent", async () => {
  const { simulator, projects } = await runClient();
  const id = simulator.createProject();
  const signal = AbortSignal.abort(reason);
  for (const call of [
    () => projects.checkResult({ id, signal }),
    () => projects.get({ id, signal }),
    () => projects.delete({ id, signal, force: true }),
    () => projects.watch({ id, signal })[Symbol.asyncIterator]().next(),
  ]) {
    await expect(call()).rejects.toBe(reason);
  }
  expect(simulator.project(id)).toMatchObject({ gets: 0, deletes: 0, downloads: 0 });
});

it("rejects while it waits for the next poll, and while the vendor does not answer", async () => {
  const { simulator, projects } = await runClient();
  const ending = new AbortController();
  const id = simulator.createProject({ queuedSeconds: 1_000 });
  const onUpdate = () => ending.abort(reason);
  await expect(projects.checkResult({ id, signal: ending.signal, onUpdate })).rejects.toBe(reason);

  const silent = await runClient({ simulator: { onRequest: everyAnswer("GET", "stall") } });
  const other = new AbortController();
  const waiting = rejectionOf(silent.projects.get({ id: "a", signal: other.signal }));
  await untilTrue(() => true);
  other.abort(reason);
  expect(await waiting).toBe(reason);
});

it.each([
  ["in the middle of a body", stallAt(3 * 1_024 ** 2)],
  ["before an answer", stallBeforeHeaders],
])("ends a copy %s and leaves no file of it", async (_, behaviour) => {
  const { projects, id, origin, directory, files } = await runOriginClient({ body }, behaviour);
  const ending = new AbortController();
  const saving = rejectionOf(projects.checkResult({ id, downloadDirectory: directory, signal: ending.signal }));
  await untilTrue(() => origin.requests.length > 0);
  ending.abort(reason);
  expect(await saving).toBe(reason);
  expect(await files()).toEqual([]);
  await untilTrue(() => origin.openConnections === 0);
});

it("keeps the outputs that were saved before the abort, and goes on with the others", async () => {
  let isStalling = true;
  const { projects, id, origin, directory, files } = await runOriginClient(
    { body },
    ({ path }) => (isStalling && path.includes("/b.wav") ? stallAt(1_000) : undefined),
    { names: ["a.wav", "b.wav"] },
  );
  const ending = new AbortController();
  const saving = rejectionOf(projects.checkResult({ id, downloadDirectory: directory, signal: ending.signal }));
  while (!(await files()).includes("0-a.wav")) await setTimeout(10);
  ending.abort(reason);
  expect(await saving).toBe(reason);
  expect((await files()).filter((name) => !name.endsWith(".note.json"))).toEqual(["0-a.wav"]);

  isStalling = false;
  const before = origin.requests.length;
  const { outputs } = await projects.checkResult({ id, downloadDirectory: directory });
  expect(outputs).toHaveLength(2);
  expect(origin.requests.slice(before).every(({ path }) => path.includes("/b.wav"))).toBe(true);
  expect(await files()).toEqual(["0-a.wav", "1-b.wav", "manifest.json"]);
});

it("closing the client ends what is going on", async () => {
  const { projects, id, origin, directory, files } = await runOriginClient({ body }, stallAt(1_000));
  const saving = rejectionOf(projects.checkResult({ id, downloadDirectory: directory }));
  await untilTrue(() => origin.requests.length > 0);
  await projects.close();
  expect((await saving).name).toBe("AbortError");
  expect(await files()).toEqual([]);
  await expect(projects.get({ id })).rejects.toMatchObject({ name: "AbortError" });
});

it("a killed process leaves nothing but a hidden partial file, which the next run removes", async () => {
  let isSlow = true;
  const { simulator, projects, id, origin, directory, files, file } = await runOriginClient({ body }, () =>
    isSlow ? drip(64 * 1_024, 20) : undefined,
  );
  const script = startScript("saving-process.ts", [simulator.url, simulator.apiKey, id, directory, origin.url]);
  while (!(await files()).some((name) => name.endsWith(".partial"))) await setTimeout(10);
  script.kill();
  await script.ended;
  const left = await files();
  expect(left).toEqual([expect.stringMatching(/^\.0-output\.wav\..*\.partial$/)]);

  isSlow = false;
  await projects.checkResult({ id, downloadDirectory: directory });
  expect(await files()).toEqual(["0-output.wav", "manifest.json"]);
  expect((await file("0-output.wav")).equals(body)).toBe(true);
});

/** Waits until something holds; the test's own time-out is the bound. */
async function untilTrue(holds: () => boolean): Promise<void> {
  do await setTimeout(10);
  while (!holds());
}
