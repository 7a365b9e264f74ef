import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { partSizeFor } from "../../../functions/adapters/multipart-upload.ts";
import type { Fault } from "../../../lib/local/object-store/object-store.ts";
import { rejectionOf } from "../../support/everything-in.ts";
import { givenBytes, writeBody } from "./given-bytes.ts";
import {
  audioBody,
  type Call,
  digestOf,
  eightMiB,
  expectSameBytes,
  type FaultOf,
  key,
  refusal,
  runOutputStore,
} from "./running-output-store.ts";

const body = audioBody(20 * 1_024 ** 2);

async function write(faultOf?: FaultOf, signal = new AbortController().signal) {
  const running = await runOutputStore(faultOf);
  const work = writeBody(running.target, body, { signal });
  return { ...running, outcome: await work.catch((error: unknown) => error) };
}

describe("the part size", () => {
  test.each([
    [1, eightMiB],
    [10_000 * eightMiB, eightMiB],
    [10_000 * eightMiB + 1, 9 * 1_024 ** 2],
    // S3's largest object, 5 TiB: 524.288 MiB a part.
    [5 * 1_024 ** 4, 525 * 1_024 ** 2],
  ])("of %i bytes is %i", (bytes, size) => {
    expect(partSizeFor(bytes)).toBe(size);
  });

  test("keeps S3's bounds: at most 10,000 parts, of 5 MiB to 5 GiB, in whole MiB", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 * 1_024 ** 4 }), (bytes) => {
        const size = partSizeFor(bytes);
        expect(Math.ceil(bytes / size)).toBeLessThanOrEqual(10_000);
        expect(size).toBeGreaterThanOrEqual(5 * 1_024 ** 2);
        expect(size).toBeLessThanOrEqual(5 * 1_024 ** 3);
        expect(size % 1_024 ** 2).toBe(0);
      }),
    );
  });
});

test("every call says what S3 is to check: sizes, checksums, and that nothing may stand there", async () => {
  const seen: [Call, Record<string, unknown>][] = [];
  const { outcome } = await write((call, _nth, { headers, query }) => {
    const names = [
      "content-length",
      "if-none-match",
      "x-amz-checksum-algorithm",
      "x-amz-checksum-type",
      "x-amz-checksum-crc32",
      "x-amz-mp-object-size",
    ];
    const found = names.filter((name) => headers[name] !== undefined).map((name) => [name, headers[name]]);
    seen.push([call, { part: query.get("partNumber"), ...Object.fromEntries(found) }]);
    return undefined;
  });
  expect(outcome).toMatchObject(digestOf(body));
  const parts = [body.subarray(0, eightMiB), body.subarray(eightMiB, 2 * eightMiB), body.subarray(2 * eightMiB)];
  const sent = seen
    .filter(([call]) => call === "UploadPart")
    .sort((a, b) => Number(a[1]["part"]) - Number(b[1]["part"]));
  expect(sent.map(([, facts]) => facts)).toEqual(
    parts.map((part, index) => ({
      part: String(index + 1),
      "content-length": String(part.length),
      "x-amz-checksum-crc32": digestOf(part).crc32,
    })),
  );
  expect(seen.find(([call]) => call === "Create")?.[1]).toMatchObject({
    "x-amz-checksum-algorithm": "CRC32",
    "x-amz-checksum-type": "FULL_OBJECT",
  });
  expect(seen.find(([call]) => call === "Complete")?.[1]).toMatchObject({
    "if-none-match": "*",
    "x-amz-checksum-crc32": digestOf(body).crc32,
    "x-amz-checksum-type": "FULL_OBJECT",
    "x-amz-mp-object-size": String(body.length),
  });
});

test("all parts are on their way at once, and each is given back when S3 has had it", async () => {
  const stop = new AbortController();
  const { target, calls } = await runOutputStore((call) => (call === "UploadPart" ? "stall" : undefined));
  const given = givenBytes(body);
  const writing = rejectionOf(writeBody(target, body, { signal: stop.signal }, given));
  await expect.poll(() => calls.filter((call) => call === "UploadPart")).toHaveLength(3);
  expect(given.kept).toBe(3);
  stop.abort();
  expect(await writing).toMatchObject({ name: "CopyInterrupted" });
});

describe("a part", () => {
  test.each<[string, Fault]>([
    ["is reset", "reset"],
    ["fails inside S3", refusal("InternalError", 500)],
    ["has its answer lost", "answer-lost"],
  ])("that %s once is sent again", async (_name, fault) => {
    const { outcome, bytesOnDisk, store } = await write((call, nth) =>
      call === "UploadPart" && nth === 2 ? fault : undefined,
    );
    expect(outcome).toMatchObject(digestOf(body));
    expectSameBytes(await bytesOnDisk(), body);
    expect(store.openUploads()).toEqual([]);
  });

  test.each<[string, Fault, string]>([
    ["is refused", refusal("AccessDenied", 403), "TransferFailed"],
    ["is damaged on the way", refusal("BadDigest", 400), "StoreUnavailable"],
    ["belongs to an upload that was aborted meanwhile", refusal("NoSuchUpload", 404), "StoreUnavailable"],
  ])("that %s ends the write, and the upload is aborted once no part is on its way", async (_name, fault, name) => {
    const { outcome, calls, bytesOnDisk, store } = await write((call, _nth, { query }) =>
      call === "UploadPart" && query.get("partNumber") === "2" ? fault : undefined,
    );
    expect(outcome).toMatchObject({ name, message: expect.stringContaining(`part 2 of s3://audio/${key}: `) });
    expect([await bytesOnDisk(), store.openUploads()]).toEqual([undefined, []]);
    expect(calls.at(-1)).toBe("Abort");
    expect(calls).not.toContain("Complete");
  });
});

describe("the upload", () => {
  test.each<[string, Fault, string]>([
    ["refused", refusal("AccessDenied", 403), "TransferFailed"],
    ["refused for its bucket", refusal("NoSuchBucket", 404), "TransferFailed"],
    ["answered with 501", refusal("NotImplemented", 501), "StoreUnavailable"],
  ])("%s when it is started ends the write before a byte is read", async (_name, fault, name) => {
    const { target } = await runOutputStore((call) => (call === "Create" ? fault : undefined));
    const given = givenBytes(body);
    expect(await rejectionOf(writeBody(target, body, {}, given))).toMatchObject({
      name,
      message: expect.stringContaining(`starting an upload to s3://audio/${key}: `),
    });
    expect(given.taken).toBe(0);
  });

  test("that fails inside a 200 at its end is not believed, and is aborted", async () => {
    const { outcome, bytesOnDisk, store } = await write((call) =>
      call === "Complete" ? { status: 200, code: "InternalError", message: "inside" } : undefined,
    );
    expect(outcome).toMatchObject({ name: "StoreUnavailable", message: expect.stringContaining("InternalError") });
    expect([await bytesOnDisk(), store.openUploads()]).toEqual([undefined, []]);
  });

  test("that fails inside a 200 once is completed all the same", async () => {
    const { outcome, bytesOnDisk } = await write((call, nth) =>
      call === "Complete" && nth === 1 ? { status: 200, code: "InternalError", message: "inside" } : undefined,
    );
    expect(outcome).toMatchObject(digestOf(body));
    expectSameBytes(await bytesOnDisk(), body);
  });

  test("that cannot be aborted ends with the error that came first", async () => {
    const { outcome, store } = await write((call) => {
      if (call === "Abort") return refusal("AccessDenied", 403);
      return call === "UploadPart" ? refusal("InvalidPart", 400) : undefined;
    });
    expect(outcome).toMatchObject({ name: "TransferFailed", message: expect.stringContaining("InvalidPart") });
    expect(store.openUploads()).toHaveLength(1);
  });

  test("is aborted when the signal fires between two parts", async () => {
    const stop = new AbortController();
    const { outcome, bytesOnDisk, store } = await write((call, nth) => {
      if (call === "UploadPart" && nth === 2) stop.abort();
      return undefined;
    }, stop.signal);
    expect(outcome).toMatchObject({ name: "CopyInterrupted" });
    expect([await bytesOnDisk(), store.openUploads()]).toEqual([undefined, []]);
  });
});
