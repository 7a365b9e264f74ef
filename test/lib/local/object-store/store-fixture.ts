import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { S3Client } from "@aws-sdk/client-s3";
import type { ObjectStore, ObjectStoreOptions } from "../../../../lib/local/object-store/object-store.ts";
import { startObjectStore } from "../../../../lib/local/object-store/object-store.ts";

/** The bucket that every test store has. */
export const BUCKET = "audio";

/** Headers of a request by hand; the store wants an Authorization header but does not verify it. */
export const AUTHORIZED = { authorization: "AWS4-HMAC-SHA256 by hand" };

/** An empty temporary directory. */
export async function temporaryDirectory(): Promise<string> {
  return await mkdtemp(join(tmpdir(), "object-store-"));
}

/** A store and a real S3 client for it; `stop` closes both. */
export interface RunningStore {
  readonly store: ObjectStore;
  readonly client: S3Client;
  stop(): Promise<void>;
}

/** Starts a store in `directory`, or in a temporary one that is removed when it stops. */
export async function runStore(options: Partial<ObjectStoreOptions> = {}): Promise<RunningStore> {
  const directory = options.directory ?? (await temporaryDirectory());
  const store = await startObjectStore({ buckets: [BUCKET], ...options, directory });
  const client = new S3Client({
    endpoint: store.url,
    forcePathStyle: true,
    region: "us-east-1",
    credentials: { accessKeyId: "dummy", secretAccessKey: "dummy" },
    maxAttempts: 1,
  });
  const stop = async (): Promise<void> => {
    client.destroy();
    await store.close();
    if (options.directory === undefined) await rm(directory, { recursive: true });
  };
  return { store, client, stop };
}

/** Bytes that differ from place to place, so that a part in the wrong place shows. */
export function patterned(bytes: number, seed = 1): Buffer {
  const buffer = Buffer.alloc(bytes);
  let state = seed;
  for (let offset = 0; offset + 4 <= bytes; offset += 4) {
    // The linear congruential generator of Numerical Recipes.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    buffer.writeUInt32LE(state, offset);
  }
  return buffer;
}

/** The CRC32 of bytes in base64, as S3 writes it. */
export function base64Crc32(bytes: Uint8Array): string {
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(crc32(bytes));
  return digest.toString("base64");
}
