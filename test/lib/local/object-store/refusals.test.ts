import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RunningStore } from "./store-fixture.ts";
import { AUTHORIZED, BUCKET, base64Crc32, runStore } from "./store-fixture.ts";

let running: RunningStore;
beforeEach(async () => {
  running = await runStore();
});
afterEach(async () => {
  // Whatever a test was refused: nothing of it may stay.
  expect(await readdir(join(running.store.directory, ".uploads"))).toEqual([]);
  await running.stop();
});

const WRONG_CRC32 = base64Crc32(Buffer.from("other bytes"));

/** A PutObject by hand, for what the SDK would not send. */
async function rawPut(body: string, headers: Record<string, string>, key = "raw"): Promise<[number, string]> {
  const url = `${running.store.url}/${BUCKET}/${key}`;
  const response = await fetch(url, { method: "PUT", body, headers: { ...AUTHORIZED, ...headers } });
  return [response.status, /<Code>(.*)<\/Code>/.exec(await response.text())?.[1] ?? ""];
}

const framed = (body: string, trailer: string): string =>
  `${body.length.toString(16)}\r\n${body}\r\n0\r\n${trailer}\r\n\r\n`;
const FRAMING = { "content-encoding": "aws-chunked", "x-amz-trailer": "x-amz-checksum-crc32" };

describe("bytes that are not what was declared", () => {
  test.each([
    { ChecksumCRC32: WRONG_CRC32 },
    { ChecksumSHA256: createHash("sha256").update("other bytes").digest("base64") },
    { ChecksumCRC64NVME: Buffer.alloc(8, 1).toString("base64") },
    { ContentMD5: createHash("md5").update("other bytes").digest("base64") },
  ])("%o: BadDigest, and nothing is stored", async (digest) => {
    await expect(
      running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "k", Body: "the bytes", ...digest })),
    ).rejects.toMatchObject({ name: "BadDigest", $metadata: { httpStatusCode: 400 } });
    expect(await readdir(join(running.store.directory, BUCKET))).toEqual([]);
  });

  test("a trailer that does not match is refused, one that does is not", async () => {
    const headers = { ...FRAMING, "x-amz-decoded-content-length": "5" };
    const trailer = (value: string): string => `x-amz-checksum-crc32:${value}`;
    expect(await rawPut(framed("hello", trailer(WRONG_CRC32)), headers)).toEqual([400, "BadDigest"]);
    expect(await rawPut(framed("hello", ""), headers)).toEqual([400, "MalformedTrailerError"]);
    expect(await rawPut(framed("hello", trailer(base64Crc32(Buffer.from("hello")))), headers)).toEqual([200, ""]);
    expect(await readFile(running.store.pathOf(BUCKET, "raw"), "utf8")).toBe("hello");
  });

  test("a framed body that is too short or has no end", async () => {
    const headers = { ...FRAMING, "x-amz-decoded-content-length": "6" };
    const trailer = `x-amz-checksum-crc32:${base64Crc32(Buffer.from("hello"))}`;
    expect(await rawPut(framed("hello", trailer), headers)).toEqual([400, "IncompleteBody"]);
    expect(await rawPut("5\r\nhel", headers)).toEqual([400, "IncompleteBody"]);
    expect(await rawPut("no framing at all\r\n", headers)).toEqual([400, "InvalidRequest"]);
  });

  test("the signed SHA-256, malformed digests, two checksums, an algorithm that is unknown", async () => {
    expect(await rawPut("x", { "x-amz-content-sha256": "0".repeat(64) })).toEqual([400, "XAmzContentSHA256Mismatch"]);
    expect(await rawPut("x", { "content-md5": "short" })).toEqual([400, "InvalidDigest"]);
    expect(await rawPut("x", { "x-amz-checksum-crc32": "short" })).toEqual([400, "InvalidRequest"]);
    const two = { "x-amz-checksum-crc32": WRONG_CRC32, "x-amz-checksum-crc32c": WRONG_CRC32 };
    expect(await rawPut("x", two)).toEqual([400, "InvalidRequest"]);
    expect(await rawPut("x", { "x-amz-checksum-xxhash3": WRONG_CRC32 })).toEqual([501, "NotImplemented"]);
  });

  test("a body of unknown length without framing", async () => {
    const url = `${running.store.url}/${BUCKET}/raw`;
    const body = new Blob(["unknown length"]).stream();
    const response = await fetch(url, { method: "PUT", headers: AUTHORIZED, body, duplex: "half" });
    expect(response.status).toBe(501);
  });
});

describe("If-None-Match: *", () => {
  test("a second write is refused and the first stays", async () => {
    const put = (Body: string): PutObjectCommand =>
      new PutObjectCommand({ Bucket: BUCKET, Key: "once", Body, IfNoneMatch: "*" });
    await running.client.send(put("first"));
    await expect(running.client.send(put("second"))).rejects.toMatchObject({
      name: "PreconditionFailed",
      $metadata: { httpStatusCode: 412 },
    });
    expect(await readFile(running.store.pathOf(BUCKET, "once"), "utf8")).toBe("first");
  });

  test("of many at the same time exactly one wins, and its bytes stand", async () => {
    const bodies = Array.from({ length: 8 }, (_, index) => `writer ${index}`);
    const results = await Promise.allSettled(
      bodies.map((Body) =>
        running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "race", Body, IfNoneMatch: "*" })),
      ),
    );
    const winners = results.flatMap((result, index) => (result.status === "fulfilled" ? [bodies[index]] : []));
    expect(winners).toEqual([await readFile(running.store.pathOf(BUCKET, "race"), "utf8")]);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ name: "PreconditionFailed" });
    }
  });

  test("an ETag in its place is not understood", async () => {
    expect(await rawPut("x", { "if-none-match": '"etag"' })).toEqual([501, "NotImplemented"]);
  });
});

describe("keys that cannot be files", () => {
  test.each([
    ["../outside", "InvalidArgument", /"\.\."/],
    ["a/./b", "InvalidArgument", /"\."/],
    ["/absolute", "InvalidArgument", /slash/],
    ["folder/", "InvalidArgument", /slash/],
    ["a//b", "InvalidArgument", /slash/],
    ["nul\u0000", "InvalidArgument", /control characters/],
    ["back\\slash", "InvalidArgument", /backslash/],
    ["é".repeat(128), "InvalidArgument", /255 bytes/],
    [`${"a/".repeat(512)}b`, "KeyTooLongError", /1024 bytes/],
  ])("%j", async (Key, name, message) => {
    const refusal = running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: "x" }));
    await expect(refusal).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  });

  test("an object cannot be a directory of others, nor a directory an object", async () => {
    const { client, store } = running;
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "a/b", Body: "x" }));
    const put = (Key: string): Promise<unknown> =>
      client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: "y" }));
    await expect(put("a")).rejects.toMatchObject({
      name: "InvalidArgument",
      message: expect.stringContaining("below it"),
    });
    await expect(put("a/b/c/d")).rejects.toMatchObject({
      name: "InvalidArgument",
      message: expect.stringContaining('"a/b" is an object'),
    });
    expect(await readFile(store.pathOf(BUCKET, "a/b"), "utf8")).toBe("x");
  });

  test("a file that the store did not write is not overwritten", async () => {
    await writeFile(running.store.pathOf(BUCKET, "mine.wav"), "by hand");
    await expect(
      running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "mine.wav", Body: "x" })),
    ).rejects.toMatchObject({ name: "InvalidArgument" });
    expect(await readFile(running.store.pathOf(BUCKET, "mine.wav"), "utf8")).toBe("by hand");
  });

  test("a key may be called like the store's own record", async () => {
    const { client, store } = running;
    for (const Key of ["x", "object.json", "d/object.json", "x.json/y"]) {
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key }));
    }
    expect(await readFile(store.pathOf(BUCKET, "object.json"), "utf8")).toBe("object.json");
    const got = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "d/object.json" }));
    expect(await got.Body?.transformToString()).toBe("d/object.json");
  });

  test("broken percent-encoding, and a bucket name outside the rules", async () => {
    expect(await rawPut("x", {}, "%ff")).toEqual([400, "InvalidURI"]);
    await expect(running.client.send(new CreateBucketCommand({ Bucket: "Upper" }))).rejects.toMatchObject({
      name: "InvalidBucketName",
    });
  });
});

describe("what the store does not do", () => {
  test("PutObjectTagging is not taken for a PutObject", async () => {
    const { client, store } = running;
    const object = { Bucket: BUCKET, Key: "tagged" };
    await client.send(new PutObjectCommand({ ...object, Body: "the audio" }));
    const tagging = new PutObjectTaggingCommand({ ...object, Tagging: { TagSet: [{ Key: "a", Value: "b" }] } });
    await expect(client.send(tagging)).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("tagging"),
      $metadata: { httpStatusCode: 501 },
    });
    expect(await readFile(store.pathOf(BUCKET, "tagged"), "utf8")).toBe("the audio");
  });

  test("copies, the first version of ListObjects, and methods that S3 has not", async () => {
    await expect(running.client.send(new ListObjectsCommand({ Bucket: BUCKET }))).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("list-type"),
    });
    const copy = new CopyObjectCommand({ Bucket: BUCKET, Key: "copy", CopySource: `${BUCKET}/raw` });
    await expect(running.client.send(copy)).rejects.toMatchObject({ name: "NotImplemented" });
    const response = await fetch(`${running.store.url}/${BUCKET}/raw`, { method: "PATCH", headers: AUTHORIZED });
    expect(response.status).toBe(405);
  });

  test("a request without credentials", async () => {
    const response = await fetch(`${running.store.url}/${BUCKET}/raw`, { method: "PUT", body: "x" });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("<Code>AccessDenied</Code>");
    expect(await readdir(join(running.store.directory, BUCKET))).toEqual([]);
  });
});
