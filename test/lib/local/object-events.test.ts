import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TargetEvent } from "../../../lib/local/event-bus/rule.ts";
import { announcingObjects } from "../../../lib/local/object-events.ts";
import type { WrittenObject } from "../../../lib/local/object-store/object-store.ts";
import { documentedEvent } from "../../examples/on-manifest/documented-event.ts";
import { BUCKET, type RunningStore, runStore } from "./object-store/store-fixture.ts";

let events: TargetEvent[];
let afterwards: WrittenObject[];
let running: RunningStore;

beforeEach(async () => {
  events = [];
  afterwards = [];
  const bus = { putOfService: (event: TargetEvent) => void events.push(event) };
  const afterWrite = async (object: WrittenObject) => {
    expect(events).toHaveLength(afterwards.push(object));
  };
  running = await runStore({ afterWrite: announcingObjects(bus, afterWrite) });
});

afterEach(() => running.stop());

/** The same value with each text, number and list element replaced by its type. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shapeOf(part)]));
}

const put = (Key: string, Bucket = BUCKET) =>
  running.client.send(new PutObjectCommand({ Bucket, Key, Body: "hello\n" }));

test("a PutObject is announced as the S3 User Guide has it", async () => {
  const Key = "lang=de/a+b c/ü&manifest.json";
  const { ETag, VersionId, $metadata } = await put(Key);
  expect(events).toEqual([
    {
      version: "0",
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      "detail-type": "Object Created",
      source: "aws.s3",
      account: "000000000000",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: "us-east-1",
      resources: [`arn:aws:s3:::${BUCKET}`],
      detail: {
        version: "0",
        "event-version": "1.0",
        bucket: { name: BUCKET },
        object: {
          key: Key,
          size: 6,
          etag: "b1946ac92492d2347c6235b4d2611184",
          "version-id": VersionId,
          sequencer: expect.stringMatching(/^00[0-9A-F]{16}$/),
        },
        "request-id": $metadata.requestId,
        requester: "000000000000",
        "source-ip-address": "127.0.0.1",
        reason: "PutObject",
      },
    },
  ]);
  expect(ETag).toBe('"b1946ac92492d2347c6235b4d2611184"');
  expect(shapeOf(events[0])).toEqual(shapeOf(documentedEvent));
  expect(afterwards).toMatchObject([{ bucket: BUCKET, key: Key }]);
});

test("a multipart upload is announced once, when it is completed", async () => {
  const object = { Bucket: BUCKET, Key: "a.wav" };
  const { UploadId } = await running.client.send(new CreateMultipartUploadCommand(object));
  const part = { ...object, UploadId, PartNumber: 1 };
  const { ETag } = await running.client.send(new UploadPartCommand({ ...part, Body: "the audio" }));
  expect(events).toEqual([]);
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  const complete = new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload });
  const completed = await running.client.send(complete);
  const etag = completed.ETag?.replaceAll('"', "");
  expect(etag).toMatch(/-1$/);
  const expected = { key: "a.wav", size: 9, etag, "version-id": completed.VersionId };
  expect(events).toMatchObject([{ detail: { object: expected, reason: "CompleteMultipartUpload" } }]);
});

test("sequencers sort as the writes of a key happened, and every event has its own id", async () => {
  for (let nth = 0; nth < 20; nth += 1) await put("again");
  const sequencers = events.map(({ detail }) => (detail["object"] as { sequencer: string }).sequencer);
  expect(sequencers).toHaveLength(20);
  expect(sequencers).toEqual([...new Set(sequencers)].sort());
  expect(new Set(events.map(({ id }) => id)).size).toBe(20);
});

test("what is refused, deleted or only begun is not announced, and another bucket is named", async () => {
  const onlyNew = new PutObjectCommand({ Bucket: BUCKET, Key: "a", Body: "other", IfNoneMatch: "*" });
  await put("a");
  await expect(running.client.send(onlyNew)).rejects.toMatchObject({ name: "PreconditionFailed" });
  await running.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "a" }));
  await running.client.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: "b" }));
  await running.client.send(new CreateBucketCommand({ Bucket: "other" }));
  await put("c", "other");
  expect(events.map(({ resources }) => resources[0])).toEqual([`arn:aws:s3:::${BUCKET}`, "arn:aws:s3:::other"]);
  expect(events.map(({ detail }) => detail["bucket"])).toEqual([{ name: BUCKET }, { name: "other" }]);
});
