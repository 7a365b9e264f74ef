/** The first law against a vendor that renders again: what is deleted is what was copied, or nothing is. */
import { expect, test } from "vitest";
import type { Behaviour } from "../support/behaviour.ts";
import { audioBytes, signedUrl, startOriginProject } from "../support/origin-project.ts";
import { manifestIn } from "../support/transfer-expectations.ts";

const body = audioBytes(100_000);
const other = audioBytes(100_000, 1);

/** Honest at first, then as given: nothing but the look before the deletion comes after the copy. */
const afterCopy = (behaviour: Behaviour) => (_request: unknown, nth: number) => (nth === 1 ? undefined : behaviour);

test.each<[string, Behaviour, { readonly etag: string | null }]>([
  ["other bytes under another ETag", { content: { body: other, etag: '"v2"' } }, { etag: '"v1"' }],
  ["other bytes of the same length, without an ETag", { content: { body: other, etag: null } }, { etag: null }],
  ["other bytes of the same length, under the same weak ETag", { content: { body: other } }, { etag: 'W/"v1"' }],
  ["more bytes under the same ETag", { content: { body: audioBytes(100_001) } }, { etag: '"v1"' }],
])("a source with %s at the deletion: nothing is deleted, and the run fails by name", async (_, behaviour, tag) => {
  await using project = await startOriginProject({ body, ...tag }, afterCopy(behaviour));
  const end = await project.transfer();
  expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed", retries: 0 });
  expect(end.cause).toMatch(/is not deleted: the source of \S+0-output\.wav has changed since it was copied/);
  expect(project.harness.simulator.project(project.id)).toMatchObject({ deletes: 0, deleted: false });
  expect((await project.harness.stored(project.key)).equals(body)).toBe(true);
});

test("a source rendered again between a transfer and a later one that deletes: nothing is deleted", async () => {
  await using project = await startOriginProject(
    { body, etag: '"v1"' },
    afterCopy({ content: { body: other, etag: '"v2"' } }),
  );
  expect((await project.transfer({ deleteAfterDownload: false })).status).toBe("SUCCEEDED");
  const end = await project.transfer();
  expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed" });
  expect(project.harness.simulator.project(project.id).deletes).toBe(0);
});

test.each<[string, Behaviour, { readonly etag: string | null }]>([
  ["no ETag", {}, { etag: null }],
  ["a weak ETag", {}, { etag: 'W/"v1"' }],
  ["another ETag on the same bytes", { content: { body, etag: '"v2"' } }, { etag: '"v1"' }],
])("with %s the bytes decide: the same ones are deleted", async (_, behaviour, tag) => {
  await using project = await startOriginProject({ body, ...tag }, afterCopy(behaviour));
  const end = await project.transfer();
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { deleted: "yes" } });
});

test("a source that cannot be looked at leaves the deletion pending", async () => {
  await using project = await startOriginProject({ body }, afterCopy({ status: 500 }));
  const end = await project.transfer();
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { deleted: "pending" } });
  expect(project.harness.simulator.project(project.id).deletes).toBe(0);
  expect((await manifestIn(project.harness, `audio-projects/${project.id}`)).outputs).toHaveLength(1);
});

test("an output that is added while the sources are looked at keeps the project", async () => {
  // GETs: a poll, the copy, the deletion's first look, and its last one just before the DELETE.
  const downloads = (at: string, nth: number) =>
    nth < 4 ? [signedUrl(at, nth)] : [signedUrl(at, nth), signedUrl(at, nth, "second.wav")];
  await using project = await startOriginProject({ body }, {}, { downloads });
  const end = await project.transfer();
  expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed" });
  expect(end.cause).toContain("its outputs are no longer those of the manifest");
  expect(project.harness.simulator.project(project.id).deletes).toBe(0);
});

test("a project that is gone by the last look needs no DELETE", async () => {
  await using project = await startOriginProject({ body }, {}, { simulator: { onRequest: goneFrom(4) } });
  const end = await project.transfer();
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { deleted: "yes" } });
  expect(project.harness.simulator.project(project.id).deletes).toBe(0);
});

/** 404 from the nth GET of a project on. */
function goneFrom(nth: number) {
  let gets = 0;
  return ({ method, path }: { method: string; path: string }) => {
    if (method !== "GET" || !path.startsWith("/v1/")) return undefined;
    gets += 1;
    return gets < nth ? undefined : { status: 404, body: JSON.stringify({ code: "not_found", message: "Not found" }) };
  };
}
