import { CreateMultipartUploadCommand, UploadPartCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { abortStaleUploads, staleAfter } from "../../../functions/adapters/stale-uploads.ts";
import { BUCKET } from "../../lib/local/object-store/store-fixture.ts";
import { writeBody } from "./given-bytes.ts";
import { audioBody, type FaultOf, key, refusal, runOutputStore } from "./running-output-store.ts";

/** A store with an upload left open, with one part in it, under each of the keys. */
async function runWithUploads(keys: readonly string[], faultOf?: FaultOf) {
  const running = await runOutputStore(faultOf);
  for (const Key of keys) {
    const object = { Bucket: BUCKET, Key };
    const { UploadId } = await running.plain.send(new CreateMultipartUploadCommand(object));
    await running.plain.send(new UploadPartCommand({ ...object, UploadId, PartNumber: 1, Body: "left behind" }));
  }
  return { ...running, open: () => running.store.openUploads().map((upload) => upload.key) };
}

/** The oldest upload's age is so many milliseconds at the moment returned. */
const whenOldestIs = (milliseconds: number, { store }: Awaited<ReturnType<typeof runWithUploads>>) =>
  (store.openUploads()[0]?.initiated.getTime() ?? Number.NaN) + milliseconds;

describe("uploads that a killed function left open", () => {
  test("are aborted once no writer of theirs can live", async () => {
    const running = await runWithUploads([key]);
    await abortStaleUploads(running.target, key, whenOldestIs(staleAfter, running));
    expect(running.open()).toEqual([]);
  });

  test("are left alone while their writer may be at work", async () => {
    const running = await runWithUploads([key]);
    await abortStaleUploads(running.target, key, whenOldestIs(staleAfter - 1, running));
    await abortStaleUploads(running.target, key);
    expect(running.open()).toEqual([key]);
  });

  test("outlive no function: fifteen minutes are Lambda's longest", () => {
    expect(staleAfter).toBeGreaterThan(15 * 60_000);
  });

  test("to this very key and to no other", async () => {
    const others = [`${key}.bak`, `${key}/1`, "audio-projects/cm1/1-output.wav"];
    const running = await runWithUploads([key, ...others, key]);
    await abortStaleUploads(running.target, key, Date.now() + 2 * staleAfter);
    expect(running.open()).toEqual(others);
  });

  test.each<[string, FaultOf]>([
    ["listed", (call) => (call === "List" ? refusal("AccessDenied", 403) : undefined)],
    ["aborted", (call) => (call === "Abort" ? refusal("NoSuchUpload", 404) : undefined)],
  ])("do not stop a copy when they cannot be %s", async (_name, faultOf) => {
    const running = await runWithUploads([key], faultOf);
    await abortStaleUploads(running.target, key, Date.now() + 2 * staleAfter);
    expect(running.open()).toEqual([key]);
  });

  test("and are young do not hinder another write of the same key, nor the other way round", async () => {
    const running = await runWithUploads([key]);
    const body = audioBody(9 * 1_024 ** 2);
    await writeBody(running.target, body);
    expect(running.calls).toContain("List");
    expect(running.open()).toEqual([key]);
  });
});
