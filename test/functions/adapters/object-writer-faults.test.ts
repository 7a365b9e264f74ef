import { describe, expect, test } from "vitest";
import type { WriteTarget } from "../../../functions/adapters/object-writer.ts";
import type { Fault } from "../../../lib/local/object-store/object-store.ts";
import { rejectionOf } from "../../support/everything-in.ts";
import { writeBody } from "./given-bytes.ts";
import {
  type Call,
  digestOf,
  expectSameBytes,
  key,
  large,
  refusal,
  runOutputStore,
  small,
  ways,
} from "./running-output-store.ts";

describe.each(ways)("S3 that fails, %s", (_way, body, deciding) => {
  const write = (target: WriteTarget) => writeBody(target, body);

  test.each([
    ["once", 1],
    ["whenever it is tried", Number.POSITIVE_INFINITY],
  ])("whose answer is lost %s: what counts is what stands", async (_name, times) => {
    const { target, store, bytesOnDisk } = await runOutputStore((call, nth) =>
      call === deciding && nth <= times ? "answer-lost" : undefined,
    );
    expect(await write(target)).toMatchObject(digestOf(body));
    expectSameBytes(await bytesOnDisk(), body);
    expect(store.openUploads()).toEqual([]);
  });

  test.each<[string, Fault, string]>([
    ["AccessDenied", refusal("AccessDenied", 403), "TransferFailed"],
    ["a disabled key of KMS", refusal("KMS.DisabledException", 400), "TransferFailed"],
    ["409 with nothing there", refusal("ConditionalRequestConflict", 409), "StoreUnavailable"],
    ["damage on the way", refusal("BadDigest", 400), "StoreUnavailable"],
    ["a slow body", refusal("RequestTimeout", 400), "StoreUnavailable"],
  ])("with %s: nothing stands, nothing is left open", async (_name, fault, name) => {
    const { target, store, bytesOnDisk } = await runOutputStore((call) => (call === deciding ? fault : undefined));
    expect(await rejectionOf(write(target))).toMatchObject({
      name,
      message: expect.stringContaining(`PUT of s3://audio/${key}: `),
    });
    expect([await bytesOnDisk(), store.openUploads()]).toEqual([undefined, []]);
  });

  test("in a bucket that is not there fails for good", async () => {
    const { target } = await runOutputStore(undefined, "gone");
    expect(await rejectionOf(write(target))).toMatchObject({
      name: "TransferFailed",
      message: expect.stringContaining("NoSuchBucket"),
    });
  });

  test("that shows nothing after a write it accepted is not believed", async () => {
    const { target } = await runOutputStore((call) => (call === "HeadObject" ? refusal("NoSuchKey", 404) : undefined));
    expect(await rejectionOf(write(target))).toMatchObject({
      name: "StoreUnavailable",
      message: expect.stringContaining("the object is not there after the write"),
    });
  });

  test("that may not be looked at fails for good", async () => {
    const { target } = await runOutputStore((call) =>
      call === "HeadObject" ? refusal("AccessDenied", 403) : undefined,
    );
    expect(await rejectionOf(write(target))).toMatchObject({
      name: "TransferFailed",
      message: expect.stringContaining(`HEAD of s3://audio/${key}`),
    });
  });
});

test.each<[Call, Buffer, number]>([
  ["PutObject", small, 2],
  ["UploadPart", large, 1],
])("a burst of 503 SlowDown to %s is ridden out", async (slowed, body, times) => {
  const { target, calls, bytesOnDisk } = await runOutputStore((call, nth) =>
    call === slowed && nth <= times ? refusal("SlowDown", 503) : undefined,
  );
  expect(await writeBody(target, body)).toMatchObject(digestOf(body));
  expectSameBytes(await bytesOnDisk(), body);
  expect(calls.filter((call) => call === slowed)).toHaveLength(times + (slowed === "UploadPart" ? 2 : 1));
});

describe.each(ways)("a signal, %s", (_way, body, deciding) => {
  test("that fires while S3 is silent ends the write and its upload", async () => {
    const stop = new AbortController();
    const { target, store, bytesOnDisk } = await runOutputStore((call) => {
      if (call !== deciding) return undefined;
      setImmediate(() => stop.abort());
      return "stall";
    });
    expect(await rejectionOf(writeBody(target, body, { signal: stop.signal }))).toMatchObject({
      name: "CopyInterrupted",
    });
    expect([await bytesOnDisk(), store.openUploads()]).toEqual([undefined, []]);
  });

  test("that had fired before leaves nothing", async () => {
    const { target, store, bytesOnDisk } = await runOutputStore();
    expect(await rejectionOf(writeBody(target, body, { signal: AbortSignal.abort() }))).toMatchObject({
      name: "CopyInterrupted",
    });
    expect([await bytesOnDisk(), store.openUploads()]).toEqual([undefined, []]);
  });
});
