/** A transfer that ended between its last copy and its manifest, run again. */
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { localBucket } from "../../lib/local/embedded-cloud.ts";
import { xorOnDisk } from "../support/deeds.ts";
import { audioBytes, startOriginProject } from "../support/origin-project.ts";
import { s3Error, storeFaults } from "../support/store-faults.ts";
import { expectExact, expectKept, factsOf, manifestIn } from "../support/transfer-expectations.ts";

/** One PUT, with its SHA-256 in the metadata. */
const small = audioBytes(100_000);

/** Two parts, without: the hash is not known before the last one. */
const large = audioBytes(9 * 1_024 ** 2);

/** A project whose transfer ends between its last copy and its manifest. */
async function startCrashed(body: Buffer) {
  const store = storeFaults("PutObject", [s3Error(403, "AccessDenied")], "manifest.json");
  const project = await startOriginProject({ body }, {}, { store });
  const end = await project.transfer();
  const standing = { [project.key]: body };
  await expectKept(project.harness, end, { id: project.id, cause: /manifest\.json: AccessDenied/, standing });
  return { ...project, store };
}

test.each<[string, Buffer, number]>([
  ["one PUT", small, 0],
  ["two parts, whose hash is computed from what stands", large, 1],
])("a crash between copy and manifest: what stands (%s) is not copied again", async (_, body, reads) => {
  await using project = await startCrashed(body);
  const again = await project.transfer();
  await expectExact(project.harness, again, [body]);
  expect(project.origin.requests).toHaveLength(1 + 1);
  // One more is the deleting function's.
  expect(project.store.counts["GetObject 0-output.wav"]).toBe(reads + 1);
});

test("bytes that changed after such a crash are never taken for the output: nothing is deleted", async () => {
  await using project = await startCrashed(large);
  const { harness, id } = project;
  await xorOnDisk(harness.cloud.store.pathOf(localBucket, project.key), Uint8Array.of(1), 5_000);
  const again = await project.transfer();
  expect(again).toMatchObject({ status: "FAILED", error: "TransferFailed" });
  expect(again.cause).toContain("are not those that were copied");
  expect((await manifestIn(harness, `audio-projects/${id}`)).outputs).toMatchObject([factsOf(large)]);
  expect(harness.simulator.project(id).deletes).toBe(0);
});

test.each<[string, Readonly<Record<string, string>>, "CRC32" | "SHA256"]>([
  ["of another project", { "project-id": "cother" }, "CRC32"],
  ["of another source", { "source-id": "0".repeat(32) }, "CRC32"],
  ["without a CRC32", {}, "SHA256"],
])("an object %s is not believed for its metadata: it is a conflict", async (_, changes, ChecksumAlgorithm) => {
  await using project = await startCrashed(small);
  const { harness, id, key } = project;
  const foreign = audioBytes(small.length, 1);
  // What a copy of ours would say of itself, but for the changes.
  const sourceId = await sourceIdOf(project);
  const metadata = { "project-id": id, "source-id": sourceId, sha256: factsOf(foreign).sha256, ...changes };
  const object = { Bucket: localBucket, Key: key, Body: foreign, Metadata: metadata, ChecksumAlgorithm };
  await harness.s3.send(new PutObjectCommand(object));
  const again = await project.transfer();
  const standing = { [key]: foreign };
  await expectKept(harness, again, { id, cause: /other bytes stand there: both are kept/, standing });
});

/** The source id of a project's output, from a transfer into another directory. */
async function sourceIdOf({ transfer }: Awaited<ReturnType<typeof startCrashed>>): Promise<string> {
  const { output } = await transfer({ downloadDirectory: "elsewhere", deleteAfterDownload: false });
  return output.outputs[0]?.sourceId ?? "";
}
