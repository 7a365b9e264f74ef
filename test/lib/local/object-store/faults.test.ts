import { open, readFile } from "node:fs/promises";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterEach, expect, test } from "vitest";
import type { Fault, FaultRequest, WrittenObject } from "../../../../lib/local/object-store/object-store.ts";
import type { RunningStore } from "./store-fixture.ts";
import { BUCKET, patterned, runStore } from "./store-fixture.ts";

let running: RunningStore;
afterEach(async () => await running.stop());

const PUT = { Bucket: BUCKET, Key: "a/b.wav", Body: "the audio" };

async function runFaulty(fault: Fault): Promise<FaultRequest[]> {
  const seen: FaultRequest[] = [];
  running = await runStore({
    onRequest: (request) => {
      seen.push(request);
      return request.method === "PUT" ? fault : undefined;
    },
  });
  return seen;
}

test("an error of the test's choice, without carrying the request out", async () => {
  const seen = await runFaulty({ status: 503, code: "SlowDown", message: "Please reduce your request rate." });
  await expect(running.client.send(new PutObjectCommand(PUT))).rejects.toMatchObject({
    name: "SlowDown",
    message: "Please reduce your request rate.",
    $metadata: { httpStatusCode: 503 },
  });
  await expect(readFile(running.store.pathOf(BUCKET, PUT.Key))).rejects.toThrow("ENOENT");
  expect(seen).toMatchObject([{ method: "PUT", bucket: BUCKET, key: "a/b.wav" }]);
  expect(seen[0]?.query.get("x-id")).toBe("PutObject");
  expect(seen[0]?.headers["x-amz-checksum-crc32"]).toBeDefined();
});

test("an error inside a 200, as CompleteMultipartUpload may give", async () => {
  running = await runStore({
    onRequest: ({ method, query }) =>
      method === "POST" && query.has("uploadId")
        ? { status: 200, code: "InternalError", message: "inside" }
        : undefined,
  });
  const object = { Bucket: BUCKET, Key: PUT.Key };
  const { UploadId } = await running.client.send(new CreateMultipartUploadCommand(object));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: '"0"' }] };
  await expect(
    running.client.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload })),
  ).rejects.toMatchObject({ name: "InternalError" });
});

test("a reset", async () => {
  await runFaulty("reset");
  await expect(running.client.send(new PutObjectCommand(PUT))).rejects.toMatchObject({ code: "ECONNRESET" });
  await expect(readFile(running.store.pathOf(BUCKET, PUT.Key))).rejects.toThrow("ENOENT");
});

test("an answer that is lost: the object is written all the same", async () => {
  await runFaulty("answer-lost");
  await expect(running.client.send(new PutObjectCommand(PUT))).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(await readFile(running.store.pathOf(BUCKET, PUT.Key), "utf8")).toBe("the audio");
});

test("a stall: no answer until the client gives up, and closing the store ends it too", async () => {
  const abort = new AbortController();
  running = await runStore({
    onRequest: ({ key }) => {
      // The client gives up once the store has the request, so an answer would have to come after that.
      if (key === "given-up") setImmediate(() => abort.abort());
      return "stall";
    },
  });
  const givenUp = running.client.send(new PutObjectCommand({ ...PUT, Key: "given-up" }), { abortSignal: abort.signal });
  await expect(givenUp).rejects.toMatchObject({ name: "AbortError" });
  const stalled = running.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "x" }));
  const ended = expect(stalled).rejects.toThrow();
  await running.store.close();
  await ended;
});

test("a byte that changes on disk shows in GetObject and not in HeadObject", async () => {
  const written: WrittenObject[] = [];
  running = await runStore({
    afterWrite: async (object) => {
      written.push(object);
      const file = await open(object.path, "r+");
      await file.write(Buffer.from([0xff]), 0, 1, 1000);
      await file.close();
    },
  });
  const object = { Bucket: BUCKET, Key: PUT.Key };
  const bytes = patterned(5000);
  const { ETag } = await running.client.send(new PutObjectCommand({ ...object, Body: bytes }));
  expect(written).toMatchObject([{ bucket: BUCKET, key: PUT.Key, path: running.store.pathOf(BUCKET, PUT.Key) }]);
  expect((await running.client.send(new HeadObjectCommand(object))).ETag).toBe(ETag);
  const got = await running.client.send(new GetObjectCommand(object));
  await expect(got.Body?.transformToByteArray()).rejects.toThrow(/[Cc]hecksum/);
});
