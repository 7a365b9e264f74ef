import { describe, expect, test } from "vitest";
import { formatManifest, type Manifest } from "../../../functions/domain/manifest.ts";
import { BUCKET } from "../../lib/local/object-store/store-fixture.ts";
import { type Behaviour, cutAt, resetAt, stallAt } from "../../support/behaviour.ts";
import { rejectionOf } from "../../support/everything-in.ts";
import { brokenOutputStore } from "./broken-output-store.ts";
import { digestOf, expectSameBytes, key, refusal, runOutputStore } from "./running-output-store.ts";

const directory = "audio-projects/cm1";
const manifestKey = `${directory}/manifest.json`;

function manifest(
  changed: { readonly id?: string; readonly sha256?: string; readonly createdAt?: string } = {},
): Manifest {
  const { id = "cm1", sha256 = "0".repeat(64), createdAt = "2026-08-22T10:00:00.000Z" } = changed;
  const checksum = { algorithm: "CRC32", value: "AAAAAA==" } as const;
  const receipt = { bucket: BUCKET, key, bytes: 9, sha256, checksum, contentType: "audio/wav" };
  return {
    schemaVersion: 1,
    project: { id, name: null, type: null, createdAt: null, creditsCharged: 1, enabled: true, error: null },
    outputs: [{ ...receipt, sourceName: "output.wav", sourceId: "0123" }],
    createdAt,
  };
}

describe("the manifest", () => {
  test("that nobody wrote is undefined", async () => {
    const { outputs } = await runOutputStore();
    expect(await outputs.readManifest(directory)).toBeUndefined();
  });

  test("is written once, as JSON, and read as it was written", async () => {
    const { outputs, bytesOnDisk, store } = await runOutputStore();
    expect(await outputs.writeManifest(directory, manifest())).toEqual(manifest());
    expectSameBytes(await bytesOnDisk(manifestKey), Buffer.from(formatManifest(manifest())));
    expect(await outputs.readManifest(directory)).toEqual(manifest());
    expect(await outputs.head(manifestKey)).toMatchObject({
      contentType: "application/json",
      metadata: { "project-id": "cm1" },
      crc32: digestOf(Buffer.from(formatManifest(manifest()))).crc32,
    });
    expect(store.openUploads()).toEqual([]);
  });

  test("that records the same bytes stands for the second", async () => {
    const { outputs } = await runOutputStore();
    await outputs.writeManifest(directory, manifest());
    const later = manifest({ createdAt: "2026-08-23T10:00:00.000Z" });
    expect(await outputs.writeManifest(directory, later)).toEqual(manifest());
    expect(await outputs.readManifest(directory)).toEqual(manifest());
  });

  test("of two writers at once is one", async () => {
    const { outputs } = await runOutputStore();
    const both = await Promise.all(
      ["2026-08-22", "2026-08-23"].map((day) =>
        outputs.writeManifest(directory, manifest({ createdAt: `${day}T00:00:00.000Z` })),
      ),
    );
    expect(both[0]).toEqual(both[1]);
    expect(await outputs.readManifest(directory)).toEqual(both[0]);
  });

  test.each([
    ["other bytes", manifest({ sha256: "1".repeat(64) })],
    ["another project", manifest({ id: "cm2" })],
  ])("that records %s is a conflict and stays", async (_name, other) => {
    const { outputs } = await runOutputStore();
    await outputs.writeManifest(directory, other);
    expect(await rejectionOf(outputs.writeManifest(directory, manifest()))).toMatchObject({
      name: "TransferFailed",
      message: expect.stringContaining("records other bytes: it is kept"),
    });
    expect(await outputs.readManifest(directory)).toEqual(other);
  });

  test.each([
    ["nothing", ""],
    ["no JSON", "<html>"],
    ["a manifest of a version to come", JSON.stringify({ ...manifest(), schemaVersion: 2 })],
    ["a manifest of no outputs", JSON.stringify({ ...manifest(), outputs: [] })],
    ["half a manifest", formatManifest(manifest()).slice(0, 200)],
  ])("is not taken from a file that holds %s, which stays", async (_name, text) => {
    const { outputs, putBefore, bytesOnDisk } = await runOutputStore();
    await putBefore(text, manifestKey);
    for (const work of [outputs.readManifest(directory), outputs.writeManifest(directory, manifest())]) {
      expect(await rejectionOf(work)).toMatchObject({
        name: "TransferFailed",
        message: expect.stringContaining("is there but is no manifest: it is kept"),
      });
    }
    expect((await bytesOnDisk(manifestKey))?.toString()).toBe(text);
  });

  test("whose answer is lost stands all the same", async () => {
    const { outputs } = await runOutputStore((call, nth) =>
      call === "PutObject" && nth === 1 ? "answer-lost" : undefined,
    );
    expect(await outputs.writeManifest(directory, manifest())).toEqual(manifest());
    expect(await outputs.readManifest(directory)).toEqual(manifest());
  });

  test.each([
    ["AccessDenied", 403, "TransferFailed"],
    ["NoSuchBucket", 404, "TransferFailed"],
    ["ConditionalRequestConflict", 409, "StoreUnavailable"],
    ["RequestTimeout", 400, "StoreUnavailable"],
  ])("that S3 answers with %s does not stand", async (code, status, name) => {
    const { outputs } = await runOutputStore((call) => (call === "PutObject" ? refusal(code, status) : undefined));
    expect(await rejectionOf(outputs.writeManifest(directory, manifest()))).toMatchObject({
      name,
      message: expect.stringContaining(`PUT of s3://${BUCKET}/${manifestKey}: ${code}`),
    });
    expect(await outputs.readManifest(directory)).toBeUndefined();
  });

  test("that may not be read is a refusal", async () => {
    const { outputs } = await runOutputStore((call) =>
      call === "GetObject" ? refusal("AccessDenied", 403) : undefined,
    );
    expect(await rejectionOf(outputs.readManifest(directory))).toMatchObject({ name: "TransferFailed" });
  });

  test.each<[string, Behaviour]>([
    ["is cut", cutAt(100)],
    ["is reset", resetAt(100)],
    ["stalls", stallAt(100)],
  ])("whose body %s may be read again", async (_name, behaviour) => {
    const store = await brokenOutputStore(Buffer.from(formatManifest(manifest())), behaviour);
    expect(await rejectionOf(store.readManifest(directory))).toMatchObject({
      name: "StoreUnavailable",
      message: expect.stringContaining(`reading s3://${BUCKET}/${manifestKey}: `),
    });
  });
});
