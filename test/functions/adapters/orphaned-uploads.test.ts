import { mkdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { CreateMultipartUploadCommand, UploadPartCommand } from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { abortOrphanedUploads, orphanedAfter } from "../../../functions/adapters/orphaned-uploads.ts";
import { functionTimeoutSeconds } from "../../../functions/contract.ts";
import { BUCKET, runStore, temporaryDirectory } from "../../lib/local/object-store/store-fixture.ts";
import { rejectionOf } from "../../support/everything-in.ts";
import { type FaultOf, refusal, runOutputStore } from "./running-output-store.ts";

const never = () => false;

/** A store with an upload left open under each of the keys, in their order. */
async function runWithUploads(keys: readonly string[], faultOf?: FaultOf) {
  const running = await runOutputStore(faultOf);
  for (const Key of keys) {
    const object = { Bucket: BUCKET, Key };
    const { UploadId } = await running.plain.send(new CreateMultipartUploadCommand(object));
    await running.plain.send(new UploadPartCommand({ ...object, UploadId, PartNumber: 1, Body: "left behind" }));
  }
  const open = () => running.store.openUploads().map(({ key }) => key);
  const initiated = running.store.openUploads().map((upload) => upload.initiated.getTime());
  return { ...running, open, initiated };
}

describe("uploads of the whole bucket", () => {
  test("are aborted from an hour on, whatever their keys", async () => {
    const keys = ["a/0-output.wav", "a/0-output.wav", "somebody-elses"];
    const { target, open } = await runWithUploads(keys);
    expect(await abortOrphanedUploads(target, Date.now() + orphanedAfter, never)).toEqual({ aborted: 3, more: false });
    expect(open()).toEqual([]);
  });

  test("are kept while a function may be writing to them", async () => {
    const { target, open, initiated } = await runWithUploads(["a"]);
    const born = initiated[0] ?? Number.NaN;
    expect(await abortOrphanedUploads(target, born + orphanedAfter - 1, never)).toEqual({ aborted: 0, more: false });
    expect(open()).toEqual(["a"]);
    expect(await abortOrphanedUploads(target, born + orphanedAfter, never)).toEqual({ aborted: 1, more: false });
    expect(orphanedAfter / 1_000).toBeGreaterThan(Math.max(...Object.values(functionTimeoutSeconds)));
  });

  test("of which only some are old: only those", async () => {
    const running = await runWithUploads(["old"]);
    // The store has S3's own clock: an upload that is younger than the other by a moment.
    const { target, plain, open, initiated } = running;
    while (Date.now() <= (initiated[0] ?? 0)) await new Promise((resolve) => setImmediate(resolve));
    await plain.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: "young" }));
    await abortOrphanedUploads(target, (initiated[0] ?? Number.NaN) + orphanedAfter, never);
    expect(open()).toEqual(["young"]);
  });

  test("are found page by page", async () => {
    const directory = await temporaryDirectory();
    const checksum = { algorithm: "CRC32", type: "FULL_OBJECT", declared: true };
    const [young, old] = [new Date().toISOString(), "2026-01-01T00:00:00.000Z"];
    for (let index = 0; index < 2_003; index += 1) {
      // As the store keeps them; three under each key, so that pages end in the middle of one. The last three are old.
      const uploadId = `upload-${String(index).padStart(4, "0")}`;
      const key = `a/${String(Math.floor(index / 3)).padStart(4, "0")}`;
      const upload = { uploadId, bucket: BUCKET, key, initiated: index < 2_000 ? young : old, headers: {}, checksum };
      mkdirSync(join(directory, ".uploads", uploadId), { recursive: true });
      writeFileSync(join(directory, ".uploads", uploadId, "upload.json"), JSON.stringify(upload));
    }
    let lists = 0;
    const onRequest = ({ method }: { method: string }) => {
      if (method === "GET") lists += 1;
      return undefined;
    };
    const { client, store, stop } = await runStore({ directory, onRequest });
    onTestFinished(async () => {
      await stop();
      await rm(directory, { recursive: true });
    });
    const swept = await abortOrphanedUploads({ client, bucket: BUCKET }, Date.now(), never);
    expect(swept).toEqual({ aborted: 3, more: false });
    expect([store.openUploads().length, lists]).toEqual([2_000, 3]);
  });

  test("are left to the next pass when time is up", async () => {
    const { target, open } = await runWithUploads(["a", "b", "c"]);
    let left = 2;
    const isTimeUp = () => left-- === 0;
    expect(await abortOrphanedUploads(target, Date.now() + orphanedAfter, isTimeUp)).toEqual({
      aborted: 2,
      more: true,
    });
    expect(open()).toEqual(["c"]);
    expect(await abortOrphanedUploads(target, Date.now() + orphanedAfter, never)).toEqual({ aborted: 1, more: false });
  });

  test("that another pass has aborted meanwhile are no fault, and not counted", async () => {
    const gone = refusal("NoSuchUpload", 404);
    const { target } = await runWithUploads(["a", "b"], (call, nth) =>
      call === "Abort" && nth === 1 ? gone : undefined,
    );
    expect(await abortOrphanedUploads(target, Date.now() + orphanedAfter, never)).toEqual({ aborted: 1, more: false });
  });

  test.each<[string, FaultOf, string]>([
    ["listed", (call) => (call === "List" ? refusal("AccessDenied", 403) : undefined), "TransferFailed"],
    ["aborted", (call) => (call === "Abort" ? refusal("AccessDenied", 403) : undefined), "TransferFailed"],
    ["listed now", (call) => (call === "List" ? refusal("InternalError", 500) : undefined), "StoreUnavailable"],
  ])("that cannot be %s are a fault", async (_, faultOf, name) => {
    const { target } = await runWithUploads(["a"], faultOf);
    const work = abortOrphanedUploads(target, Date.now() + orphanedAfter, never);
    expect(await rejectionOf(work)).toMatchObject({ name, message: expect.stringContaining("orphaned uploads") });
  });
});
