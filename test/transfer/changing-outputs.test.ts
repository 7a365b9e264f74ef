import { expect, test } from "vitest";
import { status } from "../support/behaviour.ts";
import { audioBytes, signedUrl, startOriginProject } from "../support/origin-project.ts";
import { expectExact, expectKept, factsOf } from "../support/transfer-expectations.ts";
import { before } from "../support/wrapped-functions.ts";

const body = audioBytes(100_000);

/** Signed URLs of outputs with these names, at the nth GET. */
const named =
  (...names: readonly string[]) =>
  (origin: string, nthGet: number) =>
    names.map((name) => signedUrl(origin, nthGet, name));

test("outputs that are added between poll and copy are copied too", async () => {
  const downloads = (origin: string, nthGet: number) =>
    (nthGet === 1 ? named("a.wav") : named("a.wav", "b.wav"))(origin, nthGet);
  await using project = await startOriginProject({ body }, {}, { downloads });
  await expectExact(project.harness, await project.transfer(), [body, body]);
});

test("an output that is exchanged while it is copied is planned again", async () => {
  const downloads = (origin: string, nthGet: number) => named(nthGet <= 2 ? "old.wav" : "new.wav")(origin, nthGet);
  const script = ({ path }: { path: string }) => (path.includes("old.wav") ? status(404) : undefined);
  await using project = await startOriginProject({ body }, script, { downloads });
  const end = await project.transfer();
  await expectExact(project.harness, end, [body]);
  expect(end.retries).toBe(1);
  expect(end.output.outputs).toMatchObject([{ sourceName: "new.wav", key: `audio-projects/${project.id}/0-new.wav` }]);
});

test("two outputs that are exchanged in their order while they are copied are never mixed up", async () => {
  const downloads = (origin: string, nthGet: number) =>
    (nthGet <= 2 ? named("a/output.wav", "b/output.wav") : named("b/output.wav", "a/output.wav"))(origin, nthGet);
  const bodies = { a: body, b: audioBytes(100_000, 1) };
  let refused = 0;
  const script = ({ path }: { path: string }) => {
    if (path.includes("/a/")) return { content: { body: bodies.a } };
    refused += 1;
    return refused === 1 ? status(404) : { content: { body: bodies.b } };
  };
  await using project = await startOriginProject({ body }, script, { downloads });
  const end = await project.transfer();
  // The first output stands already as the other's place asks for it: other bytes, so a conflict. At its own place now it was
  // copied meanwhile, because the two are copied at once; the other one nowhere.
  const standing = { [project.key]: bodies.a, [project.key.replace("/0-", "/1-")]: bodies.a };
  await expectKept(project.harness, end, { id: project.id, cause: /0-output\.wav: other bytes stand there/, standing });
});

test("a project that loses its outputs between poll and copy is asked again, then given up", async () => {
  const downloads = (origin: string, nthGet: number) => (nthGet === 1 ? named("a.wav")(origin, nthGet) : []);
  await using project = await startOriginProject({ body }, {}, { downloads });
  const end = await project.transfer();
  await expectKept(project.harness, end, {
    id: project.id,
    cause: /was complete, and is now complete with 0 downloads/,
  });
  expect(end.retries).toBe(8);
});

test("a project that is rendered again between poll and copy is not copied before it is complete", async () => {
  let gets = 0;
  const onRequest = ({ method, path }: { method: string; path: string }) => {
    if (method !== "GET" || !path.startsWith("/v1/") || ++gets !== 2) return undefined;
    const downloads = [{ url: signedUrl(project.origin.url, gets) }];
    return { status: 200, body: { id: project.id, status: "rendering", enabled: true, downloads } };
  };
  await using project = await startOriginProject({ body }, {}, { simulator: { onRequest } });
  const end = await project.transfer();
  await expectExact(project.harness, end, [body]);
  expect(end.retries).toBe(1);
});

test.each<[string, readonly string[]]>([
  ["one more", ["a.wav", "b.wav"]],
  ["another one", ["b.wav"]],
  ["the same name at another place", ["x/a.wav"]],
  ["none", []],
])("a project that has %s when it is to be deleted is not deleted", async (_, names) => {
  let isCopied = false;
  const downloads = (origin: string, nthGet: number) => named(...(isCopied ? names : ["a.wav"]))(origin, nthGet);
  await using project = await startOriginProject({ body }, {}, { downloads });
  project.harness.wrap({
    "delete-project": before(() => {
      isCopied = true;
    }),
  });
  const end = await project.transfer();
  expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed", retries: 0 });
  expect(end.cause).toBe(`project ${project.id} is not deleted: its outputs are no longer those of the manifest`);
  expect(project.harness.simulator.project(project.id)).toMatchObject({ deletes: 0, deleted: false });
});

test("nor by a second transfer, which keeps the manifest as it is", async () => {
  let names = ["a.wav"];
  const downloads = (origin: string, nthGet: number) => named(...names)(origin, nthGet);
  await using project = await startOriginProject({ body }, {}, { downloads });
  const one = await project.transfer({ deleteAfterDownload: false });
  expect(one.output.outputs).toMatchObject([factsOf(body)]);
  names = ["a.wav", "b.wav"];
  const two = await project.transfer();
  expect(two).toMatchObject({ status: "FAILED", error: "TransferFailed" });
  expect(two.cause).toContain("no longer those of its manifest");
  const { harness, id } = project;
  expect(await harness.keysBelow(`audio-projects/${id}/`)).toEqual([
    `audio-projects/${id}/0-a.wav`,
    `audio-projects/${id}/manifest.json`,
  ]);
  expect(harness.simulator.project(id).deletes).toBe(0);
});
