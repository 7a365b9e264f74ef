import type { FileHandle } from "node:fs/promises";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { checkBucketName } from "./key-rules.ts";
import { makeDirectory } from "./make-directory.ts";
import { isFile, pruneDirectories, refuseCollision } from "./object-paths.ts";
import type { ObjectRecord } from "./object-record.ts";
import { readRecords, recordDirectory, removeRecord, writeRecord } from "./object-record.ts";
import { S3Error } from "./s3-error.ts";
import { Sequencer } from "./sequencer.ts";
import { Turns } from "./turns.ts";
import type { AfterWrite, Write } from "./written-object.ts";

interface Bucket {
  readonly created: Date;
  readonly objects: Map<string, ObjectRecord>;
}

/**
 * The buckets and objects on disk: the bytes of a key at `<directory>/<bucket>/<key>`, its record under
 * `<directory>/.metadata`. Records are also held in memory; bytes never are. Every change takes its turn, so a
 * condition that was checked still holds when the change is made. One process at a time may use a directory.
 */
export class ObjectFiles {
  readonly #directory: string;
  readonly #afterWrite: AfterWrite;
  readonly #buckets = new Map<string, Bucket>();
  readonly #turns = new Turns();
  readonly #sequencer = new Sequencer();

  private constructor(directory: string, afterWrite: AfterWrite) {
    this.#directory = directory;
    this.#afterWrite = afterWrite;
  }

  /**
   * Opens a directory, absolute, with what an earlier run left there. Throws UnreadableRecord, and an Error that names
   * the directory when it is missing and cannot be made.
   */
  static async load(directory: string, afterWrite: AfterWrite): Promise<ObjectFiles> {
    const files = new ObjectFiles(directory, afterWrite);
    const root = recordDirectory(directory, "", "");
    await makeDirectory(root).catch((cause: Error) => {
      throw new Error(`${directory} cannot be the object store's directory: ${cause.message}`, { cause });
    });
    for (const entry of await readdir(root, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const bucket = entry.name;
      const { birthtime } = await stat(recordDirectory(directory, bucket, ""));
      const records = await readRecords(directory, bucket, (key) => files.pathOf(bucket, key));
      files.#buckets.set(bucket, {
        created: birthtime,
        objects: new Map(records.map((record) => [record.key, record])),
      });
    }
    return files;
  }

  /** Where the bytes of a key are or would be. */
  pathOf(bucket: string, key: string): string {
    return join(this.#directory, bucket, key);
  }

  /** The buckets with the time each was created, by name. */
  buckets(): readonly { readonly name: string; readonly created: Date }[] {
    return [...this.#buckets]
      .map(([name, { created }]) => ({ name, created }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Creates a bucket; one that exists stays as it is. Throws S3Error `InvalidBucketName`. */
  async createBucket(name: string): Promise<void> {
    checkBucketName(name);
    await this.#turns.take("change", async () => {
      if (this.#buckets.has(name)) return;
      await mkdir(join(this.#directory, name), { recursive: true });
      await mkdir(recordDirectory(this.#directory, name, ""), { recursive: true });
      this.#buckets.set(name, { created: new Date(), objects: new Map() });
    });
  }

  /** The records of a bucket, in no order. Throws S3Error `NoSuchBucket`. */
  records(bucket: string): Iterable<ObjectRecord> {
    return this.#objects(bucket).values();
  }

  /** The record of an object, undefined when there is none. Throws S3Error `NoSuchBucket`. */
  async find(bucket: string, key: string): Promise<ObjectRecord | undefined> {
    const objects = this.#objects(bucket);
    const record = objects.get(key);
    if (record === undefined || (await isFile(this.pathOf(bucket, key)))) return record;
    // A person has deleted the file: then the object is gone. It may have been written again meanwhile.
    if (objects.get(key) === record) objects.delete(key);
    return undefined;
  }

  /** The record of an object with its file, opened for reading; the caller closes it. Throws as `find`, `NoSuchKey`. */
  async open(bucket: string, key: string): Promise<{ readonly record: ObjectRecord; readonly file: FileHandle }> {
    return await this.#turns.take("change", async () => {
      const record = await this.find(bucket, key);
      if (record === undefined) throw new S3Error("NoSuchKey", "The specified key does not exist.");
      return { record, file: await open(this.pathOf(bucket, key), "r") };
    });
  }

  /**
   * Refuses a key that cannot be written now. Throws S3Error `PreconditionFailed` when only a new object is wanted
   * and one is there, `InvalidArgument` when the file system has no room for the name, `NoSuchBucket`.
   */
  async checkWritable(bucket: string, key: string, onlyNew: boolean): Promise<void> {
    // In its turn: in the middle of a commit, a file is there whose record is not yet.
    await this.#turns.take("change", () => this.#checkWritable(bucket, key, onlyNew));
  }

  async #checkWritable(bucket: string, key: string, onlyNew: boolean): Promise<void> {
    const standing = await this.find(bucket, key);
    if (standing === undefined) return await refuseCollision(join(this.#directory, bucket), key);
    if (onlyNew) throw new S3Error("PreconditionFailed", "The key exists, and If-None-Match: * asks for a new one.");
  }

  /**
   * Makes the file at `received` the object: checks again what `checkWritable` checks, writes the record, renames the
   * file. The record goes first, since a record without a file is dropped at the next start, but a file without a
   * record would stand in the way of its own key. Throws as `checkWritable`.
   */
  async commit(bucket: string, record: ObjectRecord, received: string, write: Write): Promise<void> {
    const { key, bytes, etag, versionId, lastModified } = record;
    const path = this.pathOf(bucket, key);
    const sequencer = await this.#turns.take("change", async () => {
      await this.#checkWritable(bucket, key, write.onlyNew);
      await mkdir(dirname(path), { recursive: true });
      await writeRecord(this.#directory, bucket, record);
      await rename(received, path);
      this.#objects(bucket).set(key, record);
      return this.#sequencer.next();
    });
    const { reason, requestId, sourceAddress } = write;
    const facts = { bytes, etag: etag.replaceAll('"', ""), versionId, lastModified, sequencer };
    await this.#afterWrite({ bucket, key, path, ...facts, reason, requestId, sourceAddress });
  }

  /** Removes an object, and the directories that it leaves empty. One that is not there is no error. */
  async remove(bucket: string, key: string): Promise<void> {
    await this.#turns.take("change", async () => {
      if (!this.#objects(bucket).delete(key)) return;
      await rm(this.pathOf(bucket, key), { force: true });
      await removeRecord(this.#directory, bucket, key);
      await pruneDirectories(join(this.#directory, bucket), dirname(key));
      await pruneDirectories(recordDirectory(this.#directory, bucket, ""), dirname(key));
    });
  }

  #objects(bucket: string): Map<string, ObjectRecord> {
    const found = this.#buckets.get(bucket);
    if (found === undefined) throw new S3Error("NoSuchBucket", `There is no bucket "${bucket}".`);
    return found.objects;
  }
}
