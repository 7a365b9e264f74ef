/** The output store on the local S3, with faults by request, for the tests of what writes to it. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, onTestFinished } from "vitest";
import { createCopyMeter } from "../../../functions/adapters/copy-meter.ts";
import type { NewObject } from "../../../functions/adapters/object-writer.ts";
import { createOutputStore } from "../../../functions/adapters/output-store.ts";
import { createS3Client } from "../../../functions/adapters/s3-client.ts";
import type { Fault, FaultRequest } from "../../../lib/local/object-store/object-store.ts";
import { BUCKET, base64Crc32, patterned, runStore } from "../../lib/local/object-store/store-fixture.ts";

/** A part's size and the largest single PUT: 8 MiB, in bytes. */
export const eightMiB = 8 * 1_024 ** 2;

/** The key that tests write to. */
export const key = "audio-projects/cm1/0-output.wav";

/** What a request does, in S3's own words. */
export type Call = "PutObject" | "HeadObject" | "GetObject" | "Create" | "UploadPart" | "Complete" | "Abort" | "List";

/** A fault for a call, or none; `nth` counts the calls of its kind from 1. */
export type FaultOf = (call: Call, nth: number, request: FaultRequest) => Fault | undefined;

/** An output store whose S3 commits the faults; `calls` are those that arrived, in their order. */
export async function runOutputStore(faultOf: FaultOf = () => undefined, bucket = BUCKET) {
  const calls: Call[] = [];
  const onRequest = (request: FaultRequest) => {
    const call = callOf(request);
    calls.push(call);
    return faultOf(call, calls.filter((one) => one === call).length, request);
  };
  const { store, client: plain, stop } = await runStore({ onRequest });
  const client = createS3Client({
    AWS_ENDPOINT_URL_S3: store.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "dummy",
    AWS_SECRET_ACCESS_KEY: "dummy",
  });
  onTestFinished(async () => {
    client.destroy();
    await stop();
  });
  const outputs = createOutputStore(client, bucket);
  return {
    store,
    calls,
    outputs,
    /** A client without repeats, for what a test does itself. */
    plain,
    target: { client, bucket, head: outputs.head },
    /** Puts an object there as somebody else would. */
    putBefore: (body: Uint8Array | string, at = key) =>
      plain.send(new PutObjectCommand({ Bucket: BUCKET, Key: at, Body: body, ChecksumAlgorithm: "CRC32" })),
    /** The bytes on disk; undefined when nothing stands under the key. */
    bytesOnDisk: (at = key) => readFile(store.pathOf(BUCKET, at)).catch(() => undefined),
  };
}

function callOf({ method, key: object, query }: FaultRequest): Call {
  if (object === "") return "List";
  if (method === "POST") return query.has("uploads") ? "Create" : "Complete";
  if (method === "PUT") return query.has("partNumber") ? "UploadPart" : "PutObject";
  if (method === "DELETE") return "Abort";
  return method === "HEAD" ? "HeadObject" : "GetObject";
}

/** An error answer of S3. */
export const refusal = (code: string, status: number): Fault => ({ status, code, message: `${code} as S3 says` });

/** An object of so many bytes that is to be written. */
export function newObject(bytes: number, changed: Partial<NewObject> = {}): NewObject {
  const metadata = { "project-id": "cm1", "source-id": "0123" };
  const [signal, meter] = [new AbortController().signal, createCopyMeter()];
  return { key, bytes, contentType: "audio/wav", metadata, signal, meter, ...changed };
}

/** Bytes that differ from place to place. */
export const audioBody = (bytes: number, seed = 1) => patterned(bytes, seed);

/** What a digest of the bytes must be. */
export function digestOf(body: Uint8Array) {
  return {
    bytes: body.length,
    sha256: createHash("sha256").update(body).digest("hex"),
    crc32: base64Crc32(body),
  };
}

/** Compares large bodies without printing them. */
export function expectSameBytes(found: Uint8Array | undefined, expected: Uint8Array): void {
  expect(found?.length).toBe(expected.length);
  expect(found && Buffer.compare(found, expected)).toBe(0);
}

/** A body that one PUT takes, and one that is written in two parts. */
export const small = audioBody(100_001);
export const large = audioBody(9 * 1_024 ** 2 + 1);

/** The two ways to write an object, with the call that makes it stand. */
export const ways: [string, Buffer, Call][] = [
  ["by one PUT", small, "PutObject"],
  ["in parts", large, "Complete"],
];
