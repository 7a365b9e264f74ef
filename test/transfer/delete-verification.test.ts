/** What the deleting function finds in the store is what counts: it trusts neither the copy before it nor HEAD. */
import { expect, test } from "vitest";
import type { Manifest } from "../../functions/domain/manifest.ts";
import type { Receipt } from "../../functions/domain/receipt.ts";
import { localBucket } from "../../lib/local/embedded-cloud.ts";
import { stallAt, status } from "../support/behaviour.ts";
import { crc32Blind, cutOnDisk, putObject, removeObject, xorOnDisk } from "../support/deeds.ts";
import { audioBytes, type OriginProject, signedUrl, startOriginProject } from "../support/origin-project.ts";
import { s3Error, storeFaults } from "../support/store-faults.ts";
import { expectKept, factsOf, manifestIn } from "../support/transfer-expectations.ts";
import { before } from "../support/wrapped-functions.ts";

const body = audioBytes(100_000);

/** Three parts: of 8, 8 and 1 MiB. */
const large = audioBytes(17 * 1_024 ** 2);

/** Runs a transfer with something done between copy and deletion. */
async function runWith(project: OriginProject, deed: () => Promise<unknown>) {
  project.harness.wrap({ "delete-project": before(deed) });
  return project.transfer();
}

/** The project stands, the deletion was refused with this reason, at once. */
function expectRefused(project: OriginProject, end: Awaited<ReturnType<typeof runWith>>, reason: RegExp): void {
  expect(end).toMatchObject({ status: "FAILED", error: "TransferFailed", retries: 0 });
  expect(end.cause).toMatch(reason);
  expect(project.harness.simulator.project(project.id)).toMatchObject({ deletes: 0, deleted: false });
}

const manifestKeyOf = ({ id }: OriginProject) => `audio-projects/${id}/manifest.json`;

test.each<[string, Buffer, (project: OriginProject, content: Buffer) => Promise<unknown>, RegExp]>([
  ["is missing", body, ({ harness, key }) => removeObject(harness, key), /0-output\.wav is missing/],
  [
    "is cut short on disk",
    body,
    ({ harness, key }) => cutOnDisk(harness, key, body.length - 1),
    /has 99999 bytes instead of 100000/,
  ],
  ["was replaced by a shorter one", body, ({ harness, key }) => putObject(harness, key, "x"), /has 1 bytes instead of/],
  [
    "was replaced by other bytes",
    body,
    ({ harness, key }) => putObject(harness, key, audioBytes(body.length, 1)),
    /the bytes of .*0-output\.wav are not those that were copied/,
  ],
])("an object that %s: nothing is deleted", async (_, content, deed, reason) => {
  await using project = await startOriginProject({ body: content });
  expectRefused(project, await runWith(project, () => deed(project, content)), reason);
});

test.each<[string, Buffer, Uint8Array]>([
  ["one bit", body, Uint8Array.of(1)],
  ["one bit in three parts", large, Uint8Array.of(1)],
  ["bytes that leave the CRC32 as it is", body, crc32Blind],
])("%s that changed on disk after the upload: nothing is deleted", async (_, content, mask) => {
  const isOutput = (path: string) => path.endsWith("output.wav");
  const afterWrite = ({ path }: { path: string }) => (isOutput(path) ? xorOnDisk(path, mask, 5_000) : undefined);
  await using project = await startOriginProject({ body: content }, {}, { store: { afterWrite } });
  const end = await project.transfer();
  expectRefused(project, end, /the bytes of .*0-output\.wav are not those that were copied/);
  const stored = factsOf(await project.harness.stored(project.key));
  expect(stored.sha256).not.toBe(factsOf(content).sha256);
  expect(stored.checksum.value === factsOf(content).checksum.value).toBe(mask === crc32Blind);
});

/** Puts a changed manifest in the place of the one that stands. */
async function rewrite(project: OriginProject, change: (manifest: Manifest) => unknown): Promise<void> {
  const manifest = await manifestIn(project.harness, `audio-projects/${project.id}`);
  await putObject(project.harness, manifestKeyOf(project), JSON.stringify(change(manifest)));
}

/** The manifest with something else in every receipt. */
const withReceipts = (changes: Partial<Receipt>) => (manifest: Manifest) => ({
  ...manifest,
  outputs: manifest.outputs.map((receipt) => ({ ...receipt, ...changes })),
});

const checksum = { algorithm: "CRC32", value: "AAAAAA==" } as const;

test.each<[string, (manifest: Manifest) => unknown, RegExp]>([
  [
    "is that of another project",
    (m) => ({ ...m, project: { ...m.project, id: "cother" } }),
    /no manifest of it stands in/,
  ],
  ["is something else", () => "manifest", /is there but is no manifest/],
  ["lists no output", (m) => ({ ...m, outputs: [] }), /is there but is no manifest/],
  ["names another bucket", withReceipts({ bucket: "other-bucket" }), /other-bucket\/.* is not in audio-outputs/],
  ["has another size", withReceipts({ bytes: 99_999 }), /has 100000 bytes instead of 99999/],
  ["has another SHA-256", withReceipts({ sha256: "0".repeat(64) }), /are not those that were copied/],
  ["has another CRC32", withReceipts({ checksum }), /are not those that were copied/],
  ["names another source", withReceipts({ sourceId: "0".repeat(32) }), /no longer those of the manifest/],
])("a manifest that %s: nothing is deleted", async (_, change, reason) => {
  await using project = await startOriginProject({ body });
  expectRefused(project, await runWith(project, () => rewrite(project, change)), reason);
});

test("a manifest that is missing: nothing is deleted", async () => {
  await using project = await startOriginProject({ body });
  const end = await runWith(project, () => removeObject(project.harness, manifestKeyOf(project)));
  expectRefused(project, end, /no manifest of it stands in/);
});

test("the second of two objects is verified as well", async () => {
  const downloads = (origin: string, nthGet: number) =>
    ["a.wav", "b.wav"].map((name) => signedUrl(origin, nthGet, name));
  await using project = await startOriginProject({ body }, {}, { downloads });
  const second = `audio-projects/${project.id}/1-b.wav`;
  const path = project.harness.cloud.store.pathOf(localBucket, second);
  const end = await runWith(project, () => xorOnDisk(path, Uint8Array.of(1), 0));
  expectRefused(project, end, /1-b\.wav are not those that were copied/);
});

test("the source of the second output is looked at as well", async () => {
  const downloads = (origin: string, nthGet: number) =>
    ["a.wav", "b.wav"].map((name) => signedUrl(origin, nthGet, name));
  const rendered = { content: { body: audioBytes(body.length, 1) } };
  const script = ({ path }: { path: string }, nth: number) =>
    nth > 2 && path.includes("b.wav") ? rendered : undefined;
  await using project = await startOriginProject({ body }, script, { downloads });
  expectRefused(project, await project.transfer(), /the source of .*1-b\.wav has changed since it was copied/);
});

test("a source whose strong ETag is that of the copy is not read again, and not left open", async () => {
  // The look's answer: true headers, and a body that never comes to its end.
  const script = (_request: unknown, nth: number) => (nth === 1 ? undefined : stallAt(1_000));
  await using project = await startOriginProject({ body: large }, script);
  const end = await project.transfer();
  expect(end).toMatchObject({ status: "SUCCEEDED", retries: 0, output: { deleted: "yes" } });
  expect(project.origin.requests).toHaveLength(2);
  await expect.poll(() => project.origin.openConnections).toBe(0);
});

test("an output that fails after one that was copied: nothing is deleted, no manifest says so", async () => {
  const downloads = (origin: string, nthGet: number) =>
    ["a.wav", "b.wav"].map((name) => signedUrl(origin, nthGet, name));
  const script = ({ path }: { path: string }) => (path.includes("b.wav") ? status(500) : undefined);
  await using project = await startOriginProject({ body }, script, { downloads });
  const end = await project.transfer();
  const standing = { [`audio-projects/${project.id}/0-a.wav`]: body };
  await expectKept(project.harness, end, { id: project.id, cause: /1-b\.wav: .*answered 500/, standing });
  expect(end.retries).toBe(8);
  // The first was not copied again.
  expect(project.origin.requests.filter(({ path }) => path.includes("a.wav"))).toHaveLength(1);
});

test("a store that cannot be read before the deletion: nothing is deleted, pending", async () => {
  // An error that passes and that the S3 client does not repeat by itself, which would take its time each time.
  const store = storeFaults("GetObject", Array(21).fill(s3Error(409, "ConditionalRequestConflict")), "0-output.wav");
  await using project = await startOriginProject({ body }, {}, { store });
  const end = await project.transfer();
  expect(end).toMatchObject({ status: "SUCCEEDED", retries: 20, output: { deleted: "pending" } });
  expect(project.harness.simulator.project(project.id)).toMatchObject({ deletes: 0, deleted: false });
});
