import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { ChecksumAlgorithm, ChecksumType } from "./checksums.ts";
import { readJson, writeJson } from "./json-file.ts";
import { isFile } from "./object-paths.ts";

const ObjectRecord = v.object({
  key: v.string(),
  bytes: v.number(),
  etag: v.string(),
  versionId: v.string(),
  lastModified: v.pipe(v.string(), v.isoTimestamp()),
  headers: v.record(v.string(), v.string()),
  checksum: v.object({ algorithm: ChecksumAlgorithm, value: v.string(), type: ChecksumType }),
});

/**
 * What is recorded of an object beside its bytes: size in bytes, quoted ETag, time of writing (ISO 8601, UTC),
 * the headers to give back as they were sent (content type, user metadata), and the checksum that was verified.
 */
export type ObjectRecord = v.InferOutput<typeof ObjectRecord>;

/**
 * The directory of an object's record. Its file lies one level below the key's own name, so the records of two
 * keys collide only where their files would: where one key is a directory of the other.
 */
export function recordDirectory(directory: string, bucket: string, key: string): string {
  return join(directory, ".metadata", bucket, key);
}

const FILE_NAME = "object.json";

/** Writes an object's record, whole or not at all. */
export async function writeRecord(directory: string, bucket: string, record: ObjectRecord): Promise<void> {
  await writeJson(join(recordDirectory(directory, bucket, record.key), FILE_NAME), record);
}

/** Removes an object's record. */
export async function removeRecord(directory: string, bucket: string, key: string): Promise<void> {
  await rm(recordDirectory(directory, bucket, key), { recursive: true, force: true });
}

/**
 * Reads the records of a bucket, in no order. A record without a file at `pathOf(key)` is left out: a person
 * deleted the file, or the process ended between the record and the file. Throws UnreadableRecord.
 */
export async function readRecords(
  directory: string,
  bucket: string,
  pathOf: (key: string) => string,
): Promise<readonly ObjectRecord[]> {
  const entries = await readdir(recordDirectory(directory, bucket, ""), { recursive: true, withFileTypes: true });
  const records: ObjectRecord[] = [];
  for (const entry of entries) {
    if (!entry.isFile() || entry.name !== FILE_NAME) continue;
    const record = await readJson(join(entry.parentPath, entry.name), ObjectRecord);
    if (await isFile(pathOf(record.key))) records.push(record);
  }
  return records;
}
