/**
 * An object store that holds many more objects than files can be written in the time of a test. The crowd stands in memory
 * from the start, with true sizes and checksums; one of it becomes a file when somebody reads it. All others, and everything
 * else about the store, are as ever.
 */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { listen, type OnRequest } from "../../lib/local/object-store/http-server.ts";
import { ObjectFiles } from "../../lib/local/object-store/object-files.ts";
import type { ObjectRecord } from "../../lib/local/object-store/object-record.ts";
import { OpenUploads } from "../../lib/local/object-store/open-uploads.ts";

/** One of the crowd. */
export interface CrowdObject {
  /** Its key. */
  readonly key: string;
  /** Its bytes: the same at each call. */
  readonly body: () => string;
}

/** What a crowded store is made of. */
export interface CrowdedStoreOptions {
  /** The only bucket. */
  readonly bucket: string;
  /** What stands in it from the start. Fastest in the order of their keys: lists are sorted. */
  readonly crowd: Iterable<CrowdObject>;
  /** As a store's own `onRequest`. */
  readonly onRequest?: OnRequest;
}

/** A running store. */
export interface CrowdedStore extends AsyncDisposable {
  /** For `AWS_ENDPOINT_URL_S3`. */
  readonly url: string;
}

/** Starts a store on a free port of 127.0.0.1. */
export async function startCrowdedStore({ bucket, crowd, onRequest }: CrowdedStoreOptions): Promise<CrowdedStore> {
  const directory = await mkdtemp(join(tmpdir(), "crowded-store-"));
  const objects = await ObjectFiles.load(directory, () => undefined);
  await objects.createBucket(bucket);
  standAmong(objects, new Map([...crowd].map((one) => [one.key, { ...one, record: recordOf(one) }])));
  const uploads = await OpenUploads.load(directory);
  const server = await listen({ objects, uploads }, 0, onRequest ?? (() => undefined));
  return {
    url: `http://127.0.0.1:${server.port}`,
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
}

type Crowd = ReadonlyMap<string, CrowdObject & { readonly record: ObjectRecord }>;

/** Makes the crowd part of what stands. */
function standAmong(objects: ObjectFiles, crowd: Crowd): void {
  const [records, find, open] = [objects.records, objects.find, objects.open].map((method) => method.bind(objects)) as [
    ObjectFiles["records"],
    ObjectFiles["find"],
    ObjectFiles["open"],
  ];
  objects.records = function* (bucket) {
    for (const { record } of crowd.values()) yield record;
    yield* records(bucket);
  };
  objects.find = async (bucket, key) => crowd.get(key)?.record ?? (await find(bucket, key));
  objects.open = async (bucket, key) => {
    const body = crowd.get(key)?.body();
    const path = objects.pathOf(bucket, key);
    if (body !== undefined) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, body);
    }
    return await open(bucket, key);
  };
}

function recordOf({ key, body }: CrowdObject): ObjectRecord {
  const bytes = Buffer.from(body());
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(bytes));
  return {
    key,
    bytes: bytes.length,
    etag: `"${createHash("md5").update(bytes).digest("hex")}"`,
    versionId: createHash("md5").update(key).digest("hex"),
    lastModified: "2026-01-01T00:00:00.000Z",
    headers: { "content-type": "application/octet-stream" },
    checksum: { algorithm: "CRC32", value: value.toString("base64"), type: "FULL_OBJECT" },
  };
}
