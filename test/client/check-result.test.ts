/** `checkResult` to a directory, against the simulator: every way in which a project can end. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { shortestIntervalSeconds } from "../../functions/domain/poll-schedule.ts";
import {
  DeadlineExceeded,
  InvalidInput,
  ProjectCanceled,
  ProjectFailed,
  ProjectGone,
  type ProjectUpdate,
  TransferFailed,
} from "../../lib/client/index.ts";
import { atOnce, outputBytes } from "../lib/local/simulator/running-simulator.ts";
import { everyAnswer, firstAnswers, refusal } from "../support/vendor-answers.ts";
import { runClient } from "./running-client.ts";

it("waits, saves every output under a name of its own, and tells where", async () => {
  const { simulator, check, directory, files, file } = await runClient();
  const id = simulator.createProject({ queuedSeconds: 10, renderingSeconds: 11, outputs: 3 });
  const result = await check({ id });
  expect(result).toMatchObject({ id, verdict: "complete", status: "complete", deleted: "not-requested" });
  const names = ["0-output.wav", "1-output.wav", "2-output.wav"];
  expect(await files()).toEqual([...names, "manifest.json"]);
  expect(result.downloadedPaths).toEqual(names.map((name) => join(directory, name)));
  expect(result.manifest).toBe(join(directory, "manifest.json"));
  for (const [index, name] of names.entries()) {
    const bytes = await file(name);
    expect(bytes.equals(await outputBytes(simulator, id, index))).toBe(true);
    expect(result.outputs[index]).toMatchObject({ bucket: "", where: join(directory, name), bytes: bytes.length });
  }
  expect(simulator.project(id)).toMatchObject({ deleted: false, deletes: 0, downloads: 3 });
});

it("keeps to the poll schedule of the functions: 21 seconds take a quarter of the polls of every half second", async () => {
  const { simulator, check, waits } = await runClient();
  const id = simulator.createProject({ queuedSeconds: 5, renderingSeconds: 16 });
  const { polls } = await check({ id });
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(shortestIntervalSeconds);
  expect(waits).toHaveLength(polls - 1);
  expect(polls).toBeLessThanOrEqual((21 / 0.5 + 1) / 4);
});

it("makes the directory, however deep, and by default one for the project", async () => {
  const { simulator, check, directory } = await runClient({ simulator: { plan: atOnce } });
  const deep = join(directory, "not", "yet", "there");
  const { downloadedPaths } = await check({ id: simulator.createProject(), downloadDirectory: deep });
  expect(downloadedPaths).toEqual([join(deep, "0-output.wav")]);
  const { projects } = await runClient();
  const missing = projects.delete({ id: "none" });
  await expect(missing).rejects.toThrow(join(process.cwd(), "audio-projects", "none"));
});

it("downloads nothing twice: what is there is read, and a project that is gone is answered for by its manifest", async () => {
  const { simulator, check, files } = await runClient({ simulator: { plan: { ...atOnce, outputs: 2 } } });
  const id = simulator.createProject();
  const first = await check({ id });
  const second = await check({ id });
  expect(second.outputs).toEqual(first.outputs);
  expect(simulator.project(id).downloads).toBe(2);
  const third = await check({ id, deleteAfterDownload: true });
  expect(third.deleted).toBe("yes");
  expect(simulator.project(id)).toMatchObject({ deleted: true, deletes: 1 });
  const fourth = await check({ id, deleteAfterDownload: true });
  expect(fourth).toMatchObject({ verdict: "complete", status: null, deleted: "yes" });
  expect(fourth.outputs).toEqual(first.outputs);
  expect(await files()).toEqual(["0-output.wav", "1-output.wav", "manifest.json"]);
});

it("two at once to one directory come to the same end", async () => {
  const { simulator, check, files } = await runClient({ simulator: { plan: { ...atOnce, outputs: 3 } } });
  const id = simulator.createProject();
  const [one, other] = await Promise.all([check({ id }), check({ id })]);
  expect(one.outputs).toEqual(other.outputs);
  expect(await files()).toEqual(["0-output.wav", "1-output.wav", "2-output.wav", "manifest.json"]);
});

it("with waitForCompletion false downloads what is complete", async () => {
  const { simulator, check, waits } = await runClient({ simulator: { plan: atOnce } });
  const { verdict, downloadedPaths } = await check({ id: simulator.createProject(), waitForCompletion: false });
  expect(verdict).toBe("complete");
  expect(downloadedPaths).toHaveLength(1);
  expect(waits).toEqual([]);
});

it("with waitForCompletion false takes one look at what is not, and makes nothing", async () => {
  const { simulator, check, directory } = await runClient();
  const id = simulator.createProject({ queuedSeconds: 60 });
  const result = await check({ id, waitForCompletion: false, downloadDirectory: join(directory, "new") });
  expect(result).toMatchObject({ verdict: "pending", status: "queued", outputs: [], downloadedPaths: [], polls: 1 });
  expect(result).not.toHaveProperty("manifest");
  expect(await readdir(directory)).toEqual([]);
  expect(simulator.project(id).gets).toBe(1);
});

it("with downloadOutputs false waits and downloads nothing", async () => {
  const { simulator, check, files } = await runClient();
  const id = simulator.createProject({ queuedSeconds: 5, renderingSeconds: 5 });
  const result = await check({ id, downloadOutputs: false });
  expect(result).toMatchObject({ verdict: "complete", status: "complete", downloadedPaths: [] });
  expect(simulator.project(id).downloads).toBe(0);
  expect(await files()).toEqual([]);
});

it.each([
  ["error", ProjectFailed, /rendering_failed/],
  ["canceled", ProjectCanceled, /canceled/],
] as const)("throws how a project ended: %s", async (endIn, type, message) => {
  const { simulator, check, files } = await runClient();
  const failed = check({ id: simulator.createProject({ endIn, queuedSeconds: 1, renderingSeconds: 1 }) });
  await expect(failed).rejects.toBeInstanceOf(type);
  await expect(failed).rejects.toThrow(message);
  expect(await files()).toEqual([]);
});

it("throws ProjectGone for what was never there, after the grace of four polls", async () => {
  const { simulator, check, waits } = await runClient();
  await expect(check({ id: "never" })).rejects.toBeInstanceOf(ProjectGone);
  expect(waits).toHaveLength(3);
  expect(simulator.url).toBeDefined();
});

it("throws ProjectGone for a project that is disabled", async () => {
  const { simulator, check } = await runClient();
  const id = simulator.createProject({ ...atOnce, disabled: true });
  await expect(check({ id })).rejects.toBeInstanceOf(ProjectGone);
});

it("gives a draft up after an hour, and anything else at the deadline", async () => {
  const { simulator, check, waits } = await runClient();
  const draft = { status: 200, body: { id: "cdraft", status: "draft" } };
  const other = await runClient({ simulator: { onRequest: everyAnswer("GET", draft) } });
  await expect(other.check({ id: "cdraft" })).rejects.toThrow(/still draft after 36\d\d s/);
  expect(other.waits.length).toBeLessThan(200);
  const id = simulator.createProject({ queuedSeconds: 1e6 });
  await expect(check({ id, deadlineSeconds: 60 })).rejects.toBeInstanceOf(DeadlineExceeded);
  expect(waits.reduce((sum, seconds) => sum + seconds)).toBeGreaterThanOrEqual(60);
});

it("outlasts polls without an answer", async () => {
  const answers = ["reset", refusal(503), refusal(429), { status: 200, body: "<html>" }] as const;
  const { simulator, check } = await runClient({
    simulator: { plan: atOnce, onRequest: firstAnswers("GET", answers) },
  });
  const { polls, downloadedPaths } = await check({ id: simulator.createProject() });
  expect(polls).toBe(5);
  expect(downloadedPaths).toHaveLength(1);
});

it("tells of every poll and of the copy", async () => {
  const updates: ProjectUpdate[] = [];
  const { simulator, check, directory } = await runClient();
  const id = simulator.createProject({ queuedSeconds: 2, renderingSeconds: 4 });
  await check({ id, onUpdate: (update) => void updates.push(update) });
  const waitSeconds = expect.any(Number);
  expect(updates.slice(0, 3)).toEqual([
    { id, status: "queued", verdict: "pending", polls: 1, waitSeconds },
    { id, status: "rendering", verdict: "pending", polls: 2, waitSeconds },
    { id, status: "complete", verdict: "complete", polls: 3 },
  ]);
  const { progress } = updates.at(-1) ?? {};
  expect(progress).toMatchObject({ key: join(directory, "0-output.wav"), bytes: progress?.total });
});

it("ends with what its listener throws, and leaves nothing behind", async () => {
  const { simulator, projects, directory, files } = await runClient({ simulator: { plan: atOnce } });
  const broken = new Error("the listener is broken");
  const id = simulator.createProject();
  const onUpdate = ({ progress }: ProjectUpdate) => {
    if (progress) throw broken;
  };
  await expect(projects.checkResult({ id, downloadDirectory: directory, onUpdate })).rejects.toBe(broken);
  expect((await files()).filter((name) => name.endsWith(".partial"))).toEqual([]);
});

it("keeps one project a directory", async () => {
  const { simulator, check, directory } = await runClient({ simulator: { plan: atOnce } });
  const [one, other] = [simulator.createProject(), simulator.createProject()];
  await check({ id: one });
  const refused = check({ id: other });
  await expect(refused).rejects.toBeInstanceOf(TransferFailed);
  await expect(refused).rejects.toThrow(`${directory} holds the manifest of project ${one}`);
});

it.each([
  [{ id: "" }, /id: must be/],
  [{ id: "a/b" }, /id: may hold only/],
  [{ id: "a", deadlineSeconds: 0 }, /deadlineSeconds: must be/],
  [{ id: "a", deadlineSeconds: Number.NaN }, /deadlineSeconds/],
  [{ id: "a", downloadDirectory: "" }, /downloadDirectory: must be a path/],
  [{ id: "a", downloadDirectory: "s3://B/x" }, /with a bucket's name/],
  [{ id: "a", downloadDirectory: "s3://bucket/a b" }, /downloadDirectory: may hold only/],
  [{ id: "a", downloadDirectory: "gs://bucket/a" }, /gs:\/\/ is not known/],
  [{ id: "a", deleteAfterDownload: true, downloadOutputs: false }, /deleteAfterDownload: needs/],
  [{ id: "a", download_directory: "x" }, /"download_directory": unknown field/],
  [{ id: "a", notify: [] }, /notify: only transfers in the cloud/],
] as const)("refuses %j before anything is sent", async (request, message) => {
  const { simulator, projects } = await runClient();
  const refused = projects.checkResult(request);
  await expect(refused).rejects.toBeInstanceOf(InvalidInput);
  await expect(refused).rejects.toThrow(message);
  expect(simulator.url).toBeDefined();
});
