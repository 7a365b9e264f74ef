/** The two ways in which a transfer that was to delete its project may end: exact, or with nothing lost. */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { expect } from "vitest";
import type { Manifest } from "../../functions/domain/manifest.ts";
import type { TransferEnd, TransferHarness } from "./transfer-harness.ts";

/** Size and checksums of bytes, found without any code of the product. */
export function factsOf(body: Uint8Array) {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(body));
  return {
    bytes: body.length,
    sha256: createHash("sha256").update(body).digest("hex"),
    checksum: { algorithm: "CRC32", value: value.toString("base64") },
  };
}

/** The manifest that stands in a directory. @throws {Error} when none does */
export async function manifestIn(harness: TransferHarness, directory: string): Promise<Manifest> {
  return JSON.parse((await harness.stored(`${directory}/manifest.json`)).toString()) as Manifest;
}

/**
 * The transfer succeeded: under each output's key stand exactly these bytes, receipt and manifest tell the truth about
 * them, the remote project was deleted by one DELETE, and no upload is left open.
 */
export async function expectExact(
  harness: TransferHarness,
  end: TransferEnd,
  bodies: readonly Uint8Array[],
): Promise<void> {
  expect([end.status, end.error, end.cause]).toEqual(["SUCCEEDED", undefined, undefined]);
  const { id, outputs, deleted, manifest } = end.output;
  expect(outputs).toMatchObject(bodies.map(factsOf));
  expect(outputs).toHaveLength(bodies.length);
  for (const [index, body] of bodies.entries()) {
    const stored = await harness.stored(outputs[index]?.key ?? "");
    // Not toEqual: the difference of two large buffers would take minutes to print.
    expect(stored.equals(body), `the bytes of output ${index}`).toBe(true);
  }
  expect(manifest?.key).toBe(`${outputs[0]?.key.replace(/\/[^/]*$/, "")}/manifest.json`);
  expect((await manifestIn(harness, manifest?.key.replace(/\/[^/]*$/, "") ?? "")).outputs).toEqual(outputs);
  expect(deleted).toBe("yes");
  expect(harness.simulator.project(id)).toMatchObject({ deletes: 1, deleted: true });
  expect(harness.cloud.store.openUploads()).toEqual([]);
}

/** What is to be seen of a transfer that failed. */
export interface Failure {
  readonly id: string;
  /** Default TransferFailed. */
  readonly error?: string;
  readonly cause: RegExp;
  /** Object keys below the project's directory under which something may stand, each with what must stand there. */
  readonly standing?: Readonly<Record<string, Uint8Array>>;
}

/**
 * The transfer failed by this name and cause, and nothing is lost: no DELETE was sent, no manifest stands, under the
 * output's keys stands nothing but what is given, and no upload is left open.
 */
export async function expectKept(
  harness: TransferHarness,
  end: TransferEnd,
  { id, error = "TransferFailed", cause, standing = {} }: Failure,
): Promise<void> {
  expect([end.status, end.error]).toEqual(["FAILED", error]);
  expect(end.cause).toMatch(cause);
  expect(harness.simulator.project(id)).toMatchObject({ deletes: 0, deleted: false });
  expect(await harness.keysBelow(`audio-projects/${id}/`)).toEqual(Object.keys(standing));
  for (const [key, body] of Object.entries(standing)) {
    expect((await harness.stored(key)).equals(body), `the bytes of ${key}`).toBe(true);
  }
  expect(harness.cloud.store.openUploads()).toEqual([]);
}
