import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { createOutputStore } from "../../../functions/adapters/output-store.ts";
import { createS3Client } from "../../../functions/adapters/s3-client.ts";
import { BUCKET } from "../../lib/local/object-store/store-fixture.ts";
import { type Behaviour, cutAt, resetAt, stallAt } from "../../support/behaviour.ts";
import { startCrowdedStore } from "../../support/crowded-store.ts";
import { rejectionOf } from "../../support/everything-in.ts";
import { brokenOutputStore } from "./broken-output-store.ts";
import { bytesOf } from "./given-bytes.ts";
import { audioBody, digestOf, key, newObject, refusal, runOutputStore } from "./running-output-store.ts";

describe("head", () => {
  test("of nothing is undefined", async () => {
    const { outputs } = await runOutputStore();
    expect(await outputs.head(key)).toBeUndefined();
  });

  test("tells what stands there", async () => {
    const { outputs } = await runOutputStore();
    const body = audioBody(1_000);
    await outputs.write(newObject(1_000), bytesOf(body));
    expect(await outputs.head(key)).toEqual({
      bytes: 1_000,
      crc32: digestOf(body).crc32,
      versionId: expect.any(String),
      contentType: "audio/wav",
      metadata: { "project-id": "cm1", "source-id": "0123", sha256: digestOf(body).sha256 },
    });
  });

  test("takes a checksum over the parts' checksums for none", async () => {
    const { outputs, plain } = await runOutputStore();
    const object = { Bucket: BUCKET, Key: key };
    const algorithm = { ChecksumAlgorithm: "CRC32", ChecksumType: "COMPOSITE" } as const;
    const { UploadId } = await plain.send(new CreateMultipartUploadCommand({ ...object, ...algorithm }));
    const part = { ...object, UploadId, PartNumber: 1 };
    const sent = await plain.send(new UploadPartCommand({ ...part, Body: "all of it", ChecksumAlgorithm: "CRC32" }));
    const Parts = [{ PartNumber: 1, ETag: sent.ETag, ChecksumCRC32: sent.ChecksumCRC32 }];
    await plain.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }));
    expect(await outputs.head(key)).toMatchObject({ bytes: 9, crc32: undefined });
  });

  test("that S3 refuses is a refusal", async () => {
    const { outputs } = await runOutputStore((call) =>
      call === "HeadObject" ? refusal("AccessDenied", 403) : undefined,
    );
    expect(await rejectionOf(outputs.head(key))).toMatchObject({
      name: "TransferFailed",
      message: expect.stringContaining(`HEAD of s3://${BUCKET}/${key}`),
    });
  });
});

describe("a survey", () => {
  test("tells which keys below a directory are taken, by one call", async () => {
    const { outputs, putBefore, calls } = await runOutputStore();
    for (const at of ["a/0-a.wav", "a/b/0-b.wav", "a2/0-c.wav"]) await putBefore("bytes", at);
    calls.length = 0;
    const isTaken = await outputs.survey("a");
    const asked = ["a/0-a.wav", "a/1-a.wav", "a/b/0-b.wav", "a/manifest.json"];
    expect(asked.map(isTaken)).toEqual([true, false, true, false]);
    expect(calls).toEqual(["List"]);
  });

  test("says nothing of keys that its listing does not reach", async () => {
    const keys = Array.from({ length: 1_001 }, (_, index) => `a/${String(index).padStart(4, "0")}-a.wav`);
    const crowd = keys.map((one) => ({ key: one, body: () => "bytes" }));
    await using store = await startCrowdedStore({ bucket: BUCKET, crowd });
    const client = createS3Client({
      AWS_ENDPOINT_URL_S3: store.url,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "dummy",
      AWS_SECRET_ACCESS_KEY: "dummy",
    });
    onTestFinished(() => client.destroy());
    const isTaken = await createOutputStore(client, BUCKET).survey("a");
    expect(["a/0000-a.wav", "a/0000-b.wav", "a/0999-a.wav"].map(isTaken)).toEqual([true, false, true]);
    expect(["a/0999-b.wav", "a/1000-a.wav", "a/manifest.json"].map(isTaken)).toEqual([undefined, undefined, undefined]);
  });

  test.each<[string, string, number]>([
    ["TransferFailed", "AccessDenied", 403],
    ["StoreUnavailable", "NotImplemented", 501],
  ])("that cannot be made is a fault: %s", async (name, code, status) => {
    const { outputs } = await runOutputStore((call) => (call === "List" ? refusal(code, status) : undefined));
    expect(await rejectionOf(outputs.survey("a"))).toMatchObject({
      name,
      message: expect.stringContaining(`LIST of s3://${BUCKET}/a/: ${code}`),
    });
  });
});

describe("readBack", () => {
  test("of nothing is undefined, of a bucket that is not there a refusal", async () => {
    expect(await (await runOutputStore()).outputs.readBack(key)).toBeUndefined();
    const { outputs } = await runOutputStore(undefined, "gone");
    expect(await rejectionOf(outputs.readBack(key))).toMatchObject({
      name: "TransferFailed",
      message: expect.stringContaining(`GET of s3://gone/${key}: NoSuchBucket`),
    });
  });

  test("hashes what is really there, whatever S3 was told", async () => {
    const { outputs, plain } = await runOutputStore();
    const body = audioBody(3_000_001);
    await plain.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body, Metadata: { sha256: "f".repeat(64) } }),
    );
    expect(await outputs.readBack(key)).toEqual(digestOf(body));
  });

  test.each<[string, Behaviour]>([
    ["is cut", cutAt(150_000)],
    ["is reset", resetAt(150_000)],
    ["stalls", stallAt(150_000)],
  ])("of a body that %s may be tried again", async (_name, behaviour) => {
    const store = await brokenOutputStore(audioBody(200_000), behaviour);
    expect(await rejectionOf(store.readBack(key))).toMatchObject({
      name: "StoreUnavailable",
      message: expect.stringContaining(`reading s3://${BUCKET}/${key}: `),
    });
  });
});
