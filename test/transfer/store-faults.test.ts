import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { environmentNames } from "../../functions/contract.ts";
import { localBucket } from "../../lib/local/embedded-cloud.ts";
import type { Fault, FaultRequest } from "../../lib/local/object-store/object-store.ts";
import { audioBytes, startOriginProject } from "../support/origin-project.ts";
import { type StoreOperation, s3Error, storeFaults, storeOperationOf } from "../support/store-faults.ts";
import { expectExact, expectKept } from "../support/transfer-expectations.ts";

/** One PUT. */
const small = audioBytes(100_000);

/** Two parts: of 8 MiB and of 1 MiB. */
const large = audioBytes(9 * 1_024 ** 2);

const output = "0-output.wav";

// Where a project is deleted its source sees two requests: the copy, and the look before the deletion.

test.each<[StoreOperation, Fault, Buffer, string | undefined]>([
  ["PutObject", s3Error(503, "SlowDown"), small, output],
  ["PutObject", s3Error(500, "InternalError"), small, "manifest.json"],
  ["PutObject", "reset", small, output],
  ["HeadObject", s3Error(500, "InternalError"), small, output],
  ["GetObject", "reset", small, undefined],
  ["CreateMultipartUpload", s3Error(500, "InternalError"), large, undefined],
  ["UploadPart", s3Error(500, "InternalError"), large, undefined],
  ["UploadPart", "answer-lost", large, undefined],
  ["CompleteMultipartUpload", s3Error(500, "InternalError"), large, undefined],
  ["CompleteMultipartUpload", s3Error(200, "InternalError"), large, undefined],
])("%s that fails once (%j) is repeated by the S3 client, and by nobody else", async (operation, fault, body, name) => {
  const store = storeFaults(operation, [fault], name);
  await using project = await startOriginProject({ body }, {}, { store });
  const end = await project.transfer();
  await expectExact(project.harness, end, [body]);
  expect([end.retries, project.origin.requests.length]).toEqual([0, 2]);
});

test.each<[StoreOperation, Buffer, string]>([
  ["PutObject", small, output],
  ["PutObject", small, "manifest.json"],
  ["CompleteMultipartUpload", large, output],
])("%s whose answer is lost is believed for what stands", async (operation, body, name) => {
  const store = storeFaults(operation, ["answer-lost"], name);
  await using project = await startOriginProject({ body }, {}, { store });
  const end = await project.transfer();
  await expectExact(project.harness, end, [body]);
  // Repeated once, which S3 refused, for something stands there or the upload is gone.
  expect(store.counts[`${operation} ${name}`]).toBe(2);
  expect([end.retries, project.origin.requests.length]).toEqual([0, 2]);
});

test("S3 that fails longer than its client repeats is tried again by the workflow, and nothing is copied twice", async () => {
  const store = storeFaults("PutObject", Array(5).fill(s3Error(500, "InternalError")), "manifest.json");
  await using project = await startOriginProject({ body: small }, {}, { store });
  const end = await project.transfer();
  await expectExact(project.harness, end, [small]);
  expect([end.retries, project.origin.requests.length]).toEqual([1, 2]);
});

test.each([
  [400, "BadDigest"],
  [404, "NoSuchUpload"],
  [500, "InternalError"],
])("UploadPart refused once with %i %s is sent again", async (status, code) => {
  const store = storeFaults("UploadPart", [s3Error(status, code)]);
  await using project = await startOriginProject({ body: large }, {}, { store });
  const end = await project.transfer();
  await expectExact(project.harness, end, [large]);
  expect(end.retries).toBe(0);
  expect(store.counts[`CreateMultipartUpload ${output}`]).toBe(1);
});

test.each<[StoreOperation, number, number, string]>([
  ["UploadPart", 3, 400, "BadDigest"],
  ["UploadPart", 3, 404, "NoSuchUpload"],
  ["CompleteMultipartUpload", 1, 409, "ConditionalRequestConflict"],
])("%s refused %i times with %i %s begins the upload anew", async (operation, times, status, code) => {
  const store = storeFaults(operation, Array(times).fill(s3Error(status, code)));
  await using project = await startOriginProject({ body: large }, {}, { store });
  const end = await project.transfer();
  await expectExact(project.harness, end, [large]);
  expect(end.retries).toBe(1);
  expect(store.counts[`CreateMultipartUpload ${output}`]).toBe(2);
});

test("a part whose bytes changed in S3: the full-object checksum refuses the completion, and the copy begins anew", async () => {
  let directory = "";
  let isDone = false;
  const onRequest = (request: FaultRequest) => {
    if (storeOperationOf(request) !== "CompleteMultipartUpload" || isDone) return undefined;
    isDone = true;
    const upload = join(directory, ".uploads", request.query.get("uploadId") ?? "");
    const part = readdirSync(upload).find((name) => name.endsWith(".bytes"));
    writeFileSync(join(upload, part ?? ""), Buffer.of(0xff), { flag: "r+" });
    return undefined;
  };
  await using project = await startOriginProject({ body: large }, {}, { store: { onRequest } });
  directory = project.harness.directory;
  const end = await project.transfer();
  await expectExact(project.harness, end, [large]);
  expect([isDone, end.retries]).toEqual([true, 1]);
});

test.each<[string, StoreOperation, Fault, Buffer, RegExp]>([
  ["no permission to write", "PutObject", s3Error(403, "AccessDenied"), small, /PUT of .*AccessDenied: The message/],
  [
    "no permission for the key",
    "PutObject",
    s3Error(403, "AccessDenied", "kms:GenerateDataKey"),
    small,
    /kms:Generate/,
  ],
  ["a disabled key", "PutObject", s3Error(400, "KMS.DisabledException"), small, /KMS.DisabledException/],
  ["no permission to begin", "CreateMultipartUpload", s3Error(403, "AccessDenied"), large, /starting an upload to/],
  ["no permission for parts", "UploadPart", s3Error(403, "AccessDenied"), large, /part \d of .*AccessDenied/],
  ["no permission to complete", "CompleteMultipartUpload", s3Error(403, "AccessDenied"), large, /AccessDenied/],
])("%s (%s) ends TransferFailed at once", async (_, operation, fault, body, cause) => {
  const store = storeFaults(operation, Array(99).fill(fault));
  await using project = await startOriginProject({ body }, {}, { store });
  const end = await project.transfer();
  await expectKept(project.harness, end, { id: project.id, cause });
  expect(end.retries).toBe(0);
});

test("no permission to look (HeadObject) ends TransferFailed at once, and what was written is neither believed nor touched", async () => {
  const store = storeFaults("HeadObject", Array(99).fill(s3Error(403, "AccessDenied")));
  await using project = await startOriginProject({ body: small }, {}, { store });
  const end = await project.transfer();
  // A listing has shown that the key is free: so it is looked at only after the write.
  const standing = { [project.key]: small };
  await expectKept(project.harness, end, { id: project.id, cause: /HEAD of s3:\/\/audio-outputs/, standing });
  expect(end.retries).toBe(0);
});

test("an upload that cannot be begun leaves no download open", async () => {
  const store = storeFaults("CreateMultipartUpload", [s3Error(403, "AccessDenied")]);
  await using project = await startOriginProject({ body: large }, {}, { store });
  const end = await project.transfer();
  await expectKept(project.harness, end, { id: project.id, cause: /starting an upload to/ });
  await expect.poll(() => project.origin.openConnections).toBe(0);
});

test("a bucket that is not there ends TransferFailed at once", async () => {
  const environment = { [environmentNames.bucket]: "gone-bucket" };
  await using project = await startOriginProject({ body: small }, {}, { environment });
  const end = await project.transfer();
  await expectKept(project.harness, end, { id: project.id, cause: /gone-bucket\/.*NoSuchBucket/ });
  expect([end.retries, project.origin.connections]).toEqual([0, 0]);
});

test("a manifest that may not be written leaves the outputs and deletes nothing", async () => {
  const store = storeFaults("PutObject", [s3Error(403, "AccessDenied")], "manifest.json");
  await using project = await startOriginProject({ body: small }, {}, { store });
  const standing = { [project.key]: small };
  await expectKept(project.harness, await project.transfer(), {
    id: project.id,
    cause: /manifest\.json: Access/,
    standing,
  });
});

test.each<[string, Buffer]>([
  ["of one PUT", small],
  ["of two parts", large],
])("a foreign object under the key of an output %s: a conflict, both are kept", async (_, body) => {
  await using project = await startOriginProject({ body });
  const foreign = audioBytes(body.length, 1);
  await project.harness.s3.send(new PutObjectCommand({ Bucket: localBucket, Key: project.key, Body: foreign }));
  const end = await project.transfer();
  const cause = /0-output\.wav: other bytes stand there: both are kept/;
  await expectKept(project.harness, end, { id: project.id, cause, standing: { [project.key]: foreign } });
  expect(end.retries).toBe(0);
});

test.each<[string, Buffer]>([
  ["of one PUT", small],
  ["of two parts", large],
])("the same bytes under the key of an output %s, put there by somebody else, are as good", async (_, body) => {
  await using project = await startOriginProject({ body });
  const { s3 } = project.harness;
  await s3.send(
    new PutObjectCommand({ Bucket: localBucket, Key: project.key, Body: body, ChecksumAlgorithm: "CRC32" }),
  );
  await expectExact(project.harness, await project.transfer(), [body]);
});
