import { createHash } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CompletedPart, CompleteMultipartUploadCommandInput } from "@aws-sdk/client-s3";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RunningStore } from "./store-fixture.ts";
import { BUCKET, base64Crc32, patterned, runStore, temporaryDirectory } from "./store-fixture.ts";

const KEY = "audio-projects/cm1/0-speech.wav";
const PART_BYTES = 8 * 1024 ** 2;
const BYTES = patterned(20 * 1024 ** 2);
const FULL_CRC32 = base64Crc32(BYTES);
const PARTS = [
  BYTES.subarray(0, PART_BYTES),
  BYTES.subarray(PART_BYTES, 2 * PART_BYTES),
  BYTES.subarray(2 * PART_BYTES),
];

let running: RunningStore;
beforeEach(async () => {
  running = await runStore();
});
afterEach(async () => await running.stop());

async function create(key = KEY): Promise<string> {
  const command = new CreateMultipartUploadCommand({
    Bucket: BUCKET,
    Key: key,
    ContentType: "audio/wav",
    Metadata: { "project-id": "cm1" },
    ChecksumAlgorithm: "CRC32",
    ChecksumType: "FULL_OBJECT",
  });
  return (await running.client.send(command)).UploadId ?? "";
}

async function uploadPart(UploadId: string, PartNumber: number, Body: Uint8Array): Promise<CompletedPart> {
  const part = { Bucket: BUCKET, Key: KEY, UploadId, PartNumber, Body };
  const { ETag, ChecksumCRC32 } = await running.client.send(new UploadPartCommand(part));
  return { PartNumber, ETag, ChecksumCRC32 };
}

async function uploadAll(uploadId: string): Promise<CompletedPart[]> {
  return await Promise.all(PARTS.map((part, index) => uploadPart(uploadId, index + 1, part)));
}

/** Completes as our uploader does, or with what a test puts in place of that. */
async function complete(
  UploadId: string,
  Parts: CompletedPart[],
  other: Partial<CompleteMultipartUploadCommandInput> = {},
) {
  return await running.client.send(
    new CompleteMultipartUploadCommand({
      Bucket: BUCKET,
      Key: KEY,
      UploadId,
      MultipartUpload: { Parts },
      IfNoneMatch: "*",
      MpuObjectSize: BYTES.length,
      ChecksumType: "FULL_OBJECT",
      ChecksumCRC32: FULL_CRC32,
      ...other,
    }),
  );
}

test("20 MiB in three parts become one plain file with its full-object checksum", async () => {
  const uploadId = await create();
  const parts = await uploadAll(uploadId);
  expect(parts.map(({ ChecksumCRC32 }) => ChecksumCRC32)).toEqual(PARTS.map(base64Crc32));
  const completed = await complete(uploadId, parts);

  const md5s = PARTS.map((part) => createHash("md5").update(part).digest());
  const ETag = `"${createHash("md5").update(Buffer.concat(md5s)).digest("hex")}-3"`;
  expect(completed).toMatchObject({
    Bucket: BUCKET,
    Key: KEY,
    ETag,
    ChecksumCRC32: FULL_CRC32,
    ChecksumType: "FULL_OBJECT",
  });
  expect(BYTES.equals(await readFile(running.store.pathOf(BUCKET, KEY)))).toBe(true);
  expect(running.store.openUploads()).toEqual([]);
  expect(await readdir(join(running.store.directory, ".uploads"))).toEqual([]);

  const object = { Bucket: BUCKET, Key: KEY };
  const head = await running.client.send(new HeadObjectCommand({ ...object, ChecksumMode: "ENABLED" }));
  expect(head).toMatchObject({
    ContentLength: BYTES.length,
    ContentType: "audio/wav",
    Metadata: { "project-id": "cm1" },
    ETag,
    ChecksumCRC32: FULL_CRC32,
    ChecksumType: "FULL_OBJECT",
    VersionId: completed.VersionId,
  });
  // The SDK verifies the checksum while it reads.
  const got = await running.client.send(new GetObjectCommand(object));
  expect(BYTES.equals((await got.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
});

describe("a completion is refused and the upload stays open", () => {
  const refusals: [
    string,
    (parts: CompletedPart[]) => [CompletedPart[], Partial<CompleteMultipartUploadCommandInput>],
    string,
  ][] = [
    ["BadDigest", (parts) => [parts, { ChecksumCRC32: base64Crc32(Buffer.from("other")) }], "the full-object checksum"],
    ["InvalidRequest", (parts) => [parts, { MpuObjectSize: BYTES.length - 1 }], "the object's size"],
    ["InvalidRequest", (parts) => [parts.slice(0, 2), {}], "a part missing"],
    ["BadDigest", (parts) => [parts.slice(0, 2), { MpuObjectSize: undefined }], "a part missing, size not sent"],
    ["InvalidPartOrder", ([a, b, c]) => [[b, a, c].flatMap((part) => part ?? []), {}], "parts out of order"],
    ["InvalidPartOrder", ([a, b]) => [[a, b, b].flatMap((part) => part ?? []), {}], "a part listed twice"],
    ["InvalidPart", (parts) => [[...parts, { ...parts[0], PartNumber: 4 }], {}], "a part that was not uploaded"],
    ["InvalidPart", (parts) => [parts.map((part) => ({ ...part, ETag: '"0"' })), {}], "another ETag"],
    [
      "InvalidPart",
      (parts) => [parts.map((part) => ({ ...part, ChecksumCRC32: "AAAAAA==" })), {}],
      "another part checksum",
    ],
    ["InvalidRequest", (parts) => [parts, { ChecksumType: "COMPOSITE" }], "another checksum type"],
    [
      "InvalidRequest",
      (parts) => [parts, { ChecksumCRC32: undefined, ChecksumCRC32C: FULL_CRC32 }],
      "another algorithm",
    ],
    ["MalformedXML", () => [[], {}], "no parts"],
  ];

  test("each for its own reason", async () => {
    const uploadId = await create();
    const parts = await uploadAll(uploadId);
    for (const [name, change, reason] of refusals) {
      const [listed, other] = change(parts);
      await expect(complete(uploadId, listed, other), reason).rejects.toMatchObject({
        name,
        $metadata: { httpStatusCode: 400 },
      });
    }
    expect(await readdir(join(running.store.directory, BUCKET))).toEqual([]);
    await complete(uploadId, parts);
  });

  test("because a part that is not the last is below 5 MiB", async () => {
    const uploadId = await create();
    const small = patterned(5 * 1024 ** 2 - 1);
    const parts = [await uploadPart(uploadId, 1, small), await uploadPart(uploadId, 2, small)];
    await expect(
      complete(uploadId, parts, { MpuObjectSize: undefined, ChecksumCRC32: undefined }),
    ).rejects.toMatchObject({ name: "EntityTooSmall" });
  });

  test("because the key exists, also when it came to exist meanwhile", async () => {
    const uploadId = await create();
    const parts = await uploadAll(uploadId);
    await running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: "first" }));
    await expect(complete(uploadId, parts)).rejects.toMatchObject({
      name: "PreconditionFailed",
      $metadata: { httpStatusCode: 412 },
    });
    expect(await readFile(running.store.pathOf(BUCKET, KEY), "utf8")).toBe("first");
    expect(running.store.openUploads()).toHaveLength(1);
  });
});

test("of two uploads completed at the same time one wins; of one completed twice the second finds none", async () => {
  const uploads = [await create(), await create()];
  const lists = [await uploadAll(uploads[0] ?? ""), await uploadAll(uploads[1] ?? "")];
  const both = await Promise.allSettled(uploads.map((uploadId, index) => complete(uploadId, lists[index] ?? [])));
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({ reason: { name: "PreconditionFailed" } });
  const loser = both.findIndex(({ status }) => status === "rejected");
  const again = { IfNoneMatch: undefined };
  const twice = await Promise.allSettled([
    complete(uploads[loser] ?? "", lists[loser] ?? [], again),
    complete(uploads[loser] ?? "", lists[loser] ?? [], again),
  ]);
  expect(twice.find(({ status }) => status === "rejected")).toMatchObject({ reason: { name: "NoSuchUpload" } });
  expect(running.store.openUploads()).toEqual([]);
});

describe("a part", () => {
  test("is refused for another checksum, another algorithm, a bad number or a wrong upload", async () => {
    const UploadId = await create();
    const part = { Bucket: BUCKET, Key: KEY, UploadId, PartNumber: 1, Body: Buffer.from("the bytes") };
    const send = (other: object): Promise<unknown> => running.client.send(new UploadPartCommand({ ...part, ...other }));
    await expect(send({ ChecksumCRC32: "AAAAAA==" })).rejects.toMatchObject({ name: "BadDigest" });
    await expect(send({ ChecksumAlgorithm: "SHA256" })).rejects.toMatchObject({ name: "InvalidRequest" });
    await expect(send({ PartNumber: 0 })).rejects.toMatchObject({ name: "InvalidArgument" });
    await expect(send({ PartNumber: 10_001 })).rejects.toMatchObject({ name: "InvalidArgument" });
    await expect(send({ UploadId: "another" })).rejects.toMatchObject({ name: "NoSuchUpload" });
    await expect(send({ Key: "another" })).rejects.toMatchObject({ name: "NoSuchUpload" });
    const { Parts } = await running.client.send(new ListPartsCommand({ Bucket: BUCKET, Key: KEY, UploadId }));
    expect(Parts ?? []).toEqual([]);
  });

  test("sent again replaces the earlier one", async () => {
    const uploadId = await create();
    await uploadPart(uploadId, 1, Buffer.from("first"));
    const part = await uploadPart(uploadId, 1, Buffer.from("second"));
    await complete(uploadId, [part], { MpuObjectSize: 6, ChecksumCRC32: base64Crc32(Buffer.from("second")) });
    expect(await readFile(running.store.pathOf(BUCKET, KEY), "utf8")).toBe("second");
  });
});

test("a composite checksum is made of the parts' checksums, which the completion must carry", async () => {
  const object = { Bucket: BUCKET, Key: KEY };
  const { UploadId = "" } = await running.client.send(
    new CreateMultipartUploadCommand({ ...object, ChecksumAlgorithm: "SHA256" }),
  );
  const send = new UploadPartCommand({ ...object, UploadId, PartNumber: 1, Body: "x", ChecksumAlgorithm: "SHA256" });
  const { ETag, ChecksumSHA256 = "" } = await running.client.send(send);
  const finish = (part: CompletedPart): CompleteMultipartUploadCommand =>
    new CompleteMultipartUploadCommand({
      ...object,
      UploadId,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ...part }] },
    });
  await expect(running.client.send(finish({}))).rejects.toMatchObject({ name: "InvalidRequest" });
  const composite = createHash("sha256").update(Buffer.from(ChecksumSHA256, "base64")).digest("base64");
  expect(await running.client.send(finish({ ChecksumSHA256 }))).toMatchObject({
    ChecksumSHA256: `${composite}-1`,
    ChecksumType: "COMPOSITE",
  });
  await expect(
    running.client.send(
      new CreateMultipartUploadCommand({ ...object, ChecksumAlgorithm: "SHA256", ChecksumType: "FULL_OBJECT" }),
    ),
  ).rejects.toMatchObject({ name: "InvalidRequest" });
});

test("abort removes the parts, and is refused the second time", async () => {
  const UploadId = await create();
  await uploadPart(UploadId, 1, Buffer.from("x"));
  const abort = new AbortMultipartUploadCommand({ Bucket: BUCKET, Key: KEY, UploadId });
  await running.client.send(abort);
  expect(running.store.openUploads()).toEqual([]);
  expect(await readdir(join(running.store.directory, ".uploads"))).toEqual([]);
  await expect(running.client.send(abort)).rejects.toMatchObject({ name: "NoSuchUpload" });
});

test("open uploads are listed by prefix and in pages, parts too", async () => {
  const { client, store } = running;
  const ids = [await create("a/1"), await create("a/1"), await create("a/2"), await create("b & c")];
  const list = new ListMultipartUploadsCommand({ Bucket: BUCKET, Prefix: "a/" });
  const { Uploads = [] } = await client.send(list);
  expect(Uploads.map(({ Key, UploadId }) => [Key, UploadId])).toEqual([
    ["a/1", ids[0]],
    ["a/1", ids[1]],
    ["a/2", ids[2]],
  ]);
  expect(Uploads[0]?.Initiated?.getTime()).toBe(store.openUploads()[0]?.initiated.getTime());
  expect(store.openUploads().map(({ key }) => key)).toEqual(["a/1", "a/1", "a/2", "b & c"]);

  const seen: (string | undefined)[] = [];
  let KeyMarker: string | undefined;
  let UploadIdMarker: string | undefined;
  do {
    const page = await client.send(
      new ListMultipartUploadsCommand({ Bucket: BUCKET, MaxUploads: 1, KeyMarker, UploadIdMarker }),
    );
    seen.push(page.Uploads?.[0]?.UploadId);
    ({ NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page);
  } while (KeyMarker !== undefined);
  expect(seen).toEqual(ids);
});

test("parts are listed by number and in pages", async () => {
  const UploadId = await create();
  for (const number of [10, 2, 1]) await uploadPart(UploadId, number, Buffer.from(`part ${number}`));
  const first = await running.client.send(new ListPartsCommand({ Bucket: BUCKET, Key: KEY, UploadId, MaxParts: 2 }));
  expect(first).toMatchObject({ IsTruncated: true, NextPartNumberMarker: "2", ChecksumType: "FULL_OBJECT" });
  expect(first.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
    [1, 6],
    [2, 6],
  ]);
  const PartNumberMarker = first.NextPartNumberMarker;
  const second = await running.client.send(
    new ListPartsCommand({ Bucket: BUCKET, Key: KEY, UploadId, PartNumberMarker }),
  );
  expect(second.Parts).toMatchObject([{ PartNumber: 10, ChecksumCRC32: base64Crc32(Buffer.from("part 10")) }]);
});

test("an open upload outlives a restart", async () => {
  await running.stop();
  const directory = await temporaryDirectory();
  running = await runStore({ directory });
  const uploadId = await create();
  const first = await uploadPart(uploadId, 1, PARTS[0] ?? Buffer.alloc(0));
  const before = running.store.openUploads();
  await running.stop();
  running = await runStore({ directory });
  expect(running.store.openUploads()).toEqual(before);
  const last = await uploadPart(uploadId, 2, Buffer.from("the end"));
  const whole = Buffer.concat([PARTS[0] ?? Buffer.alloc(0), Buffer.from("the end")]);
  await complete(uploadId, [first, last], { MpuObjectSize: whole.length, ChecksumCRC32: base64Crc32(whole) });
  expect(whole.equals(await readFile(running.store.pathOf(BUCKET, KEY)))).toBe(true);
  await rm(directory, { recursive: true });
});
