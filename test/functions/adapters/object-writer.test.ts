import { describe, expect, test } from "vitest";
import { rejectionOf } from "../../support/everything-in.ts";
import { givenBytes, writeBody } from "./given-bytes.ts";
import { audioBody, digestOf, eightMiB, expectSameBytes, key, runOutputStore, ways } from "./running-output-store.ts";

describe("an object is written byte for byte", () => {
  test.each([1, 65_521, 100_001, eightMiB])("by one PUT up to 8 MiB: %i bytes", async (bytes) => {
    const body = audioBody(bytes);
    const { target, calls, bytesOnDisk } = await runOutputStore();
    const written = await writeBody(target, body);
    expect(written).toMatchObject(digestOf(body));
    expect(written.stored).toMatchObject({
      bytes,
      crc32: digestOf(body).crc32,
      contentType: "audio/wav",
      metadata: { "project-id": "cm1", "source-id": "0123", sha256: digestOf(body).sha256 },
    });
    expectSameBytes(await bytesOnDisk(), body);
    expect(calls).toEqual(["PutObject", "HeadObject"]);
  });

  test.each([
    ["8 MiB and a byte", eightMiB + 1, 2],
    ["9 MiB", 9 * 1_024 ** 2, 2],
    ["16 MiB", 16 * 1_024 ** 2, 2],
    ["20 MiB", 20 * 1_024 ** 2, 3],
  ])("in parts above: %s", async (_name, bytes, parts) => {
    const body = audioBody(bytes);
    const { target, calls, store, bytesOnDisk } = await runOutputStore();
    const written = await writeBody(target, body);
    expect(written).toMatchObject(digestOf(body));
    expect(written.stored).toMatchObject({
      bytes,
      crc32: digestOf(body).crc32,
      contentType: "audio/wav",
      metadata: { "project-id": "cm1", "source-id": "0123" },
    });
    expectSameBytes(await bytesOnDisk(), body);
    expect(calls.filter((call) => call === "UploadPart")).toHaveLength(parts);
    expect(store.openUploads()).toEqual([]);
  });
});

describe.each(ways)("bytes that are not what was announced, %s", (_way, body) => {
  test.each([
    ["a byte fewer", body.length + 1],
    ["a byte more", body.length - 1],
  ])("%s: nothing stands, and no upload is left open", async (_name, announced) => {
    const { target, store, bytesOnDisk } = await runOutputStore();
    const error = await rejectionOf(writeBody(target, body, { bytes: announced }));
    expect(error).toMatchObject({
      name: "CopyInterrupted",
      message: expect.stringContaining(`the announced ${announced} bytes came`),
    });
    expect([await bytesOnDisk(), store.openUploads()]).toEqual([undefined, []]);
  });

  test("that throw: so does the write, and nothing is left", async () => {
    const { target, store, bytesOnDisk } = await runOutputStore();
    const fault = new Error("the source's own");
    expect(await rejectionOf(writeBody(target, body, {}, givenBytes(body, fault)))).toBe(fault);
    expect([await bytesOnDisk(), store.openUploads()]).toEqual([undefined, []]);
  });
});

describe.each(ways)("a key where something stands, %s", (_way, body) => {
  test("with equal bytes is success", async () => {
    const { target, store, putBefore } = await runOutputStore();
    await putBefore(body);
    expect(await writeBody(target, body)).toMatchObject(digestOf(body));
    expect(store.openUploads()).toEqual([]);
  });

  test.each([
    ["as many bytes, one of them another", Buffer.from(body).fill(0x7f, 50_000, 50_001)],
    ["fewer bytes", body.subarray(1)],
    ["no bytes", Buffer.alloc(0)],
  ])("with %s is a conflict that leaves it as it was", async (_name, other) => {
    const { target, store, putBefore, bytesOnDisk } = await runOutputStore();
    await putBefore(other);
    expect(await rejectionOf(writeBody(target, body))).toMatchObject({
      name: "TransferFailed",
      message: `PUT of s3://audio/${key}: other bytes stand there: both are kept, and nothing is overwritten or deleted`,
    });
    expectSameBytes(await bytesOnDisk(), other);
    expect(store.openUploads()).toEqual([]);
  });

  test("while two write at once: one wins, both see it", async () => {
    const { target, store, bytesOnDisk } = await runOutputStore();
    const write = () => writeBody(target, body);
    const both = await Promise.all([write(), write()]);
    expect(both).toMatchObject([digestOf(body), digestOf(body)]);
    expect(both[0]?.stored.versionId).toBe(both[1]?.stored.versionId);
    expectSameBytes(await bytesOnDisk(), body);
    expect(store.openUploads()).toEqual([]);
  });
});
