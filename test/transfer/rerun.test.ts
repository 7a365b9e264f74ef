/** A transfer may be run again at any time, after any end. */
import { expect, test } from "vitest";
import { putObject, removeObject } from "../support/deeds.ts";
import { audioBytes, startOriginProject } from "../support/origin-project.ts";
import { storeFaults } from "../support/store-faults.ts";
import { expectExact, factsOf, manifestIn } from "../support/transfer-expectations.ts";
import { TransferHarness } from "../support/transfer-harness.ts";

const atOnce = { queuedSeconds: 0, renderingSeconds: 0 };

/** One PUT. */
const small = audioBytes(100_000);

test("a finished transfer that runs again copies nothing and writes nothing", async () => {
  const store = storeFaults("PutObject", []);
  await using harness = await TransferHarness.start({ store });
  const id = harness.simulator.createProject({ ...atOnce, outputs: 2 });
  const one = await harness.transfer({ id });
  const manifest = await harness.stored(`audio-projects/${id}/manifest.json`);
  const two = await harness.transfer({ id });
  expect(two.status).toBe("SUCCEEDED");
  expect(two.output.outputs).toEqual(one.output.outputs);
  expect(await harness.stored(`audio-projects/${id}/manifest.json`)).toEqual(manifest);
  expect(store.counts).toMatchObject({ "PutObject 0-output.wav": 1, "PutObject 1-output.wav": 1 });
  expect(store.counts["PutObject manifest.json"]).toBe(1);
  expect(harness.simulator.project(id)).toMatchObject({ downloads: 2, deletes: 0 });
});

test("nor where somebody else had put the bytes there: the manifest lists them", async () => {
  await using project = await startOriginProject({ body: small });
  await putObject(project.harness, project.key, small);
  const one = await project.transfer({ deleteAfterDownload: false });
  const two = await project.transfer({ deleteAfterDownload: false });
  expect([one.status, two.status]).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  expect(two.output.outputs).toEqual(one.output.outputs);
  expect(project.origin.requests).toHaveLength(1);
});

test("and deletes what the first was not to delete, after reading everything back", async () => {
  const store = storeFaults("GetObject", []);
  await using project = await startOriginProject({ body: small }, {}, { store });
  const one = await project.transfer({ deleteAfterDownload: false });
  expect(one.output.deleted).toBe("not-requested");
  expect(store.counts["GetObject 0-output.wav"]).toBeUndefined();
  await expectExact(project.harness, await project.transfer(), [small]);
  expect(store.counts["GetObject 0-output.wav"]).toBe(1);
  // The copy, and the look before the deletion.
  expect(project.origin.requests).toHaveLength(1 + 1);
});

test.each(["not-found", "disabled"] as const)(
  "after the remote project is deleted (%s) the manifest answers for it: no failure, no second copy",
  async (deletedAnswer) => {
    await using harness = await TransferHarness.start();
    const id = harness.simulator.createProject({ ...atOnce, deletedAnswer });
    const rendered = Buffer.concat([...(await harness.simulator.output(id)).read()]);
    const one = await harness.transfer({ id, deleteAfterDownload: true });
    const two = await harness.transfer({ id, deleteAfterDownload: true });
    // One DELETE in both together.
    await expectExact(harness, two, [rendered]);
    expect(two.output.outputs).toEqual(one.output.outputs);
    expect(two.output).toMatchObject({ verdict: "complete", status: null, project: one.output.project });
    expect(harness.simulator.project(id)).toMatchObject({ downloads: 1 + 1, deletes: 1 });
  },
);

test.each<[string, (harness: TransferHarness, key: string) => Promise<void>]>([
  ["missing", removeObject],
  ["another one", (harness, key) => putObject(harness, key, small)],
])("but an object that is %s by then is said to be so", async (_, deed) => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject({ ...atOnce, outputs: 2 });
  expect((await harness.transfer({ id, deleteAfterDownload: true })).output.deleted).toBe("yes");
  await deed(harness, `audio-projects/${id}/1-output.wav`);
  const again = await harness.transfer({ id, deleteAfterDownload: true });
  expect(again).toMatchObject({ status: "FAILED", error: "TransferFailed", retries: 0 });
  expect(again.cause).toMatch(/is gone, and s3:\/\/audio-outputs\/.*\/1-output\.wav is not what its manifest says/);
});

test("an object that is missing while the project stands is copied again, and the manifest kept", async () => {
  await using project = await startOriginProject({ body: small });
  await project.transfer({ deleteAfterDownload: false });
  const manifest = await manifestIn(project.harness, `audio-projects/${project.id}`);
  await removeObject(project.harness, project.key);
  const again = await project.transfer();
  // The receipt's version is the first one's: the manifest is written once.
  await expectExact(project.harness, again, [small]);
  expect(await manifestIn(project.harness, `audio-projects/${project.id}`)).toEqual(manifest);
  expect(project.origin.requests).toHaveLength(2 + 1);
});

test("an object that is missing and comes from its source with other bytes is a conflict with the manifest", async () => {
  const newer = audioBytes(small.length, 1);
  const script = (_request: unknown, nth: number) => (nth === 1 ? {} : { content: { body: newer } });
  await using project = await startOriginProject({ body: small }, script);
  await project.transfer({ deleteAfterDownload: false });
  await removeObject(project.harness, project.key);
  const again = await project.transfer();
  expect(again).toMatchObject({ status: "FAILED", error: "TransferFailed" });
  expect(again.cause).toContain("what was copied anew differs from the manifest");
  const [receipt] = (await manifestIn(project.harness, `audio-projects/${project.id}`)).outputs;
  expect(receipt).toMatchObject(factsOf(small));
  expect(project.harness.simulator.project(project.id).deletes).toBe(0);
});

test("an object that was replaced while the project stands is a conflict: both are kept", async () => {
  await using project = await startOriginProject({ body: small });
  await project.transfer({ deleteAfterDownload: false });
  const foreign = audioBytes(small.length, 1);
  await putObject(project.harness, project.key, foreign);
  const again = await project.transfer();
  expect(again).toMatchObject({ status: "FAILED", error: "TransferFailed" });
  expect(again.cause).toContain("other bytes stand there: both are kept");
  expect((await project.harness.stored(project.key)).equals(foreign)).toBe(true);
  expect(project.harness.simulator.project(project.id).deletes).toBe(0);
});

test("outputs of one name, three of them, in two formats, are all kept apart", async () => {
  await using harness = await TransferHarness.start();
  const plan = {
    ...atOnce,
    outputs: 3,
    formats: ["wav", "mp3"] as const,
    fileNames: ["a b.wav", "a b.wav", "a b.wav"],
  };
  const id = harness.simulator.createProject(plan);
  const rendered = await Promise.all([0, 1, 2].map((index) => harness.simulator.output(id, index)));
  const end = await harness.transfer({ id, deleteAfterDownload: true });
  await expectExact(
    harness,
    end,
    rendered.map((audio) => Buffer.concat([...audio.read()])),
  );
  expect(new Set(end.output.outputs.map(({ sha256 }) => sha256)).size).toBe(3);
  expect(end.output.outputs.map(({ key }) => key)).toEqual([0, 1, 2].map((n) => `audio-projects/${id}/${n}-a_b.wav`));
  expect(end.output.outputs.map(({ contentType }) => contentType)).toEqual(["audio/wav", "audio/mpeg", "audio/wav"]);
});

test("a project that another transfer copied elsewhere and deleted is gone, and the cause says where it is", async () => {
  await using harness = await TransferHarness.start();
  const id = harness.simulator.createProject(atOnce);
  await harness.transfer({ id, deleteAfterDownload: true });
  const elsewhere = await harness.transfer({ id, downloadDirectory: "episodes/1" });
  expect(elsewhere).toMatchObject({ status: "FAILED", error: "ProjectGone" });
  expect(elsewhere.cause).toContain("no manifest in episodes/1 says that it was copied");
  expect(elsewhere.cause).toContain(`another transfer copied it to audio-projects/${id}`);
  const never = await harness.transfer({ id: "cnever", downloadDirectory: "episodes/2" });
  expect(never.cause).not.toContain("another transfer");
});

test("a directory that holds another project's manifest is refused by its name, and both are kept", async () => {
  await using harness = await TransferHarness.start();
  const [one, two] = [harness.simulator.createProject(atOnce), harness.simulator.createProject(atOnce)];
  await harness.transfer({ id: one, downloadDirectory: "shared" });
  const before = await Promise.all((await harness.keysBelow("shared/")).map((key) => harness.stored(key)));
  const end = await harness.transfer({ id: two, downloadDirectory: "shared", deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed", retries: 0 });
  expect(end.cause).toBe(`shared holds the manifest of project ${one}: choose another downloadDirectory`);
  expect(await Promise.all((await harness.keysBelow("shared/")).map((key) => harness.stored(key)))).toEqual(before);
  expect(harness.simulator.project(two)).toMatchObject({ downloads: 0, deletes: 0, deleted: false });
});

test("also after that other project was deleted, and also for one that is gone itself", async () => {
  await using harness = await TransferHarness.start();
  const one = harness.simulator.createProject(atOnce);
  await harness.transfer({ id: one, downloadDirectory: "shared", deleteAfterDownload: true });
  const end = await harness.transfer({ id: "cgone", downloadDirectory: "shared", deleteAfterDownload: true });
  expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed" });
  expect(end.cause).toContain(`shared holds the manifest of project ${one}`);
});
