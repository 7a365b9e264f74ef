import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UnreadableRecord } from "../../../../lib/local/object-store/object-store.ts";
import type { RunningStore } from "./store-fixture.ts";
import { BUCKET, base64Crc32, patterned, runStore, temporaryDirectory } from "./store-fixture.ts";

let running: RunningStore;
beforeEach(async () => {
  running = await runStore();
});
afterEach(async () => await running.stop());

const KEY = "audio-projects/cm1/0-speech & più.wav";

describe("a plain file for each object", () => {
  test("the bytes stand under bucket and key, and nothing else does", async () => {
    const { client, store } = running;
    const bytes = patterned(20 * 1024 ** 2 + 3);
    const put = await client.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: KEY,
        Body: bytes,
        ContentType: "audio/wav",
        Metadata: { "project-id": "cm1" },
      }),
    );
    expect(store.pathOf(BUCKET, KEY)).toBe(
      join(store.directory, "audio", "audio-projects", "cm1", "0-speech & più.wav"),
    );
    expect(bytes.equals(await readFile(store.pathOf(BUCKET, KEY)))).toBe(true);
    expect(await readdir(join(store.directory, BUCKET), { recursive: true })).toHaveLength(3);
    expect(await readdir(join(store.directory, ".uploads"))).toEqual([]);

    const got = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: KEY }));
    expect(bytes.equals((await got.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
    expect(got).toMatchObject({
      ContentLength: bytes.length,
      ContentType: "audio/wav",
      Metadata: { "project-id": "cm1" },
      ETag: `"${createHash("md5").update(bytes).digest("hex")}"`,
      ChecksumCRC32: base64Crc32(bytes),
      ChecksumType: "FULL_OBJECT",
      VersionId: put.VersionId,
    });
    expect(put.ChecksumCRC32).toBe(base64Crc32(bytes));
    expect(put.VersionId).toMatch(/^[0-9a-f]{32}$/);
  });

  test("a streamed body with the SDK's checksum trailer is stored without its framing", async () => {
    const { client, store } = running;
    const bytes = patterned(3 * 1024 ** 2);
    const pieces = [bytes.subarray(0, 70_000), bytes.subarray(70_000, 70_001), bytes.subarray(70_001)];
    await client.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: "streamed",
        Body: Readable.from(pieces),
        ContentLength: bytes.length,
        ContentEncoding: "identity",
      }),
    );
    expect(bytes.equals(await readFile(store.pathOf(BUCKET, "streamed")))).toBe(true);
    const head = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "streamed", ChecksumMode: "ENABLED" }));
    expect(head).toMatchObject({ ChecksumCRC32: base64Crc32(bytes), ContentEncoding: "identity" });
  });

  test.each(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const)(
    "%s is verified and given back",
    async (name) => {
      const { client } = running;
      const object = { Bucket: BUCKET, Key: name };
      const put = await client.send(
        new PutObjectCommand({ ...object, Body: Buffer.from("123456789"), ChecksumAlgorithm: name }),
      );
      // The published check values of the CRC catalogue for "123456789", and the digests that node:crypto gives.
      const expected = {
        CRC32: Buffer.from("cbf43926", "hex").toString("base64"),
        CRC32C: Buffer.from("e3069283", "hex").toString("base64"),
        CRC64NVME: Buffer.from("ae8b14860a799888", "hex").toString("base64"),
        SHA1: createHash("sha1").update("123456789").digest("base64"),
        SHA256: createHash("sha256").update("123456789").digest("base64"),
      }[name];
      expect(put[`Checksum${name}`]).toBe(expected);
      const head = await client.send(new HeadObjectCommand({ ...object, ChecksumMode: "ENABLED" }));
      expect(head).toMatchObject({ [`Checksum${name}`]: expected, ChecksumType: "FULL_OBJECT" });
      expect((await client.send(new HeadObjectCommand(object)))[`Checksum${name}`]).toBeUndefined();
    },
  );

  test("an empty object, and an object overwritten", async () => {
    const { client, store } = running;
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "empty", Body: "", ContentLength: 0 }));
    const got = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "empty" }));
    expect(await got.Body?.transformToString()).toBe("");
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "empty", Body: "now full" }));
    expect(await readFile(store.pathOf(BUCKET, "empty"), "utf8")).toBe("now full");
  });
});

describe("reading", () => {
  beforeEach(async () => {
    await running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "digits", Body: "0123456789" }));
  });

  test("a range, a range to the end, the last bytes, and one beyond the end", async () => {
    const read = async (Range: string): Promise<[string | undefined, string | undefined]> => {
      const got = await running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "digits", Range }));
      return [got.ContentRange, await got.Body?.transformToString()];
    };
    expect(await read("bytes=2-4")).toEqual(["bytes 2-4/10", "234"]);
    expect(await read("bytes=7-")).toEqual(["bytes 7-9/10", "789"]);
    expect(await read("bytes=-2")).toEqual(["bytes 8-9/10", "89"]);
    await expect(read("bytes=10-")).rejects.toMatchObject({ name: "InvalidRange", $metadata: { httpStatusCode: 416 } });
  });

  test("conditions", async () => {
    const object = { Bucket: BUCKET, Key: "digits" };
    const { ETag = "" } = await running.client.send(new HeadObjectCommand(object));
    await running.client.send(new HeadObjectCommand({ ...object, IfMatch: ETag }));
    await expect(running.client.send(new GetObjectCommand({ ...object, IfMatch: '"another"' }))).rejects.toMatchObject({
      name: "PreconditionFailed",
      $metadata: { httpStatusCode: 412 },
    });
    await expect(running.client.send(new GetObjectCommand({ ...object, IfNoneMatch: ETag }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    await expect(running.client.send(new GetObjectCommand({ ...object, VersionId: "another" }))).rejects.toMatchObject({
      name: "NoSuchVersion",
    });
  });

  test("what is not there", async () => {
    const { client } = running;
    await expect(client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "absent" }))).rejects.toMatchObject({
      name: "NoSuchKey",
    });
    await expect(client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "absent" }))).rejects.toMatchObject({
      name: "NotFound",
    });
    await expect(client.send(new GetObjectCommand({ Bucket: "nowhere", Key: "digits" }))).rejects.toMatchObject({
      name: "NoSuchBucket",
    });
    await expect(client.send(new HeadBucketCommand({ Bucket: "nowhere" }))).rejects.toMatchObject({ name: "NotFound" });
  });

  test("a file that a person deletes is an object no more, and its key is free again", async () => {
    const { client, store } = running;
    await rm(store.pathOf(BUCKET, "digits"));
    await expect(client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "digits" }))).rejects.toMatchObject({
      name: "NotFound",
    });
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "digits", Body: "again", IfNoneMatch: "*" }));
    expect(await readFile(store.pathOf(BUCKET, "digits"), "utf8")).toBe("again");
  });
});

test("a deleted object leaves neither a file nor an empty directory", async () => {
  const { client, store } = running;
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "a/b/c", Body: "x" }));
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "a/d", Body: "x" }));
  await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "a/b/c" }));
  await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "a/b/c" }));
  expect(await readdir(join(store.directory, BUCKET), { recursive: true })).toEqual(["a", join("a", "d")]);
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "a/b", Body: "a file now" }));
  expect(await readFile(store.pathOf(BUCKET, "a/b"), "utf8")).toBe("a file now");
});

describe("a restart", () => {
  test("objects come back with all that was recorded; one whose file is gone does not", async () => {
    const directory = await temporaryDirectory();
    const first = await runStore({ directory, buckets: [BUCKET, "other-1"] });
    const object = { Bucket: BUCKET, Key: KEY };
    await first.client.send(
      new PutObjectCommand({ ...object, Body: "kept", Metadata: { a: "b" }, ContentType: "x/y" }),
    );
    await first.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "gone", Body: "x" }));
    const before = await first.client.send(new HeadObjectCommand({ ...object, ChecksumMode: "ENABLED" }));
    await first.stop();
    await rm(first.store.pathOf(BUCKET, "gone"));
    await writeFile(join(directory, ".uploads", "left-behind.bytes"), "half a body");

    const second = await runStore({ directory, buckets: [] });
    const { $metadata: _then, ...recorded } = before;
    expect(await second.client.send(new HeadObjectCommand({ ...object, ChecksumMode: "ENABLED" }))).toMatchObject(
      recorded,
    );
    expect(recorded.ChecksumCRC32).toBe(base64Crc32(Buffer.from("kept")));
    await expect(second.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "gone" }))).rejects.toThrow();
    const { Buckets } = await second.client.send(new ListBucketsCommand());
    expect(Buckets?.map(({ Name }) => Name)).toEqual([BUCKET, "other-1"]);
    expect(await readdir(join(directory, ".uploads"))).toEqual([]);
    await second.stop();
    await rm(directory, { recursive: true });
  });

  test("a record that is not as the store wrote it is refused by name", async () => {
    const directory = await temporaryDirectory();
    const first = await runStore({ directory });
    await first.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "k", Body: "x" }));
    await first.stop();
    await writeFile(join(directory, ".metadata", BUCKET, "k", "object.json"), '{"key":"k"}');
    await expect(runStore({ directory })).rejects.toThrow(UnreadableRecord);
    await rm(directory, { recursive: true });
  });
});

test("a body that breaks off leaves nothing", async () => {
  const { client, store } = running;
  const dying = Readable.from(
    (async function* () {
      yield patterned(100_000);
      throw new Error("the source died");
    })(),
  );
  // The SDK never settles when its source dies: the abort is what ends the request.
  const abort = new AbortController();
  dying.once("close", () => abort.abort());
  const put = new PutObjectCommand({ Bucket: BUCKET, Key: "partial", Body: dying, ContentLength: 200_000 });
  await expect(client.send(put, { abortSignal: abort.signal })).rejects.toThrow();
  await store.close();
  expect(await readdir(join(store.directory, BUCKET))).toEqual([]);
  expect(await readdir(join(store.directory, ".uploads"))).toEqual([]);
});
