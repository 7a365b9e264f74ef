import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import * as v from "valibot";
import { ChecksumAlgorithm, ChecksumType } from "./checksums.ts";
import { readJson, writeJson } from "./json-file.ts";
import { isFile } from "./object-paths.ts";
import { S3Error } from "./s3-error.ts";
import { Turns } from "./turns.ts";

const UploadRecord = v.object({
  uploadId: v.string(),
  bucket: v.string(),
  key: v.string(),
  initiated: v.pipe(v.string(), v.isoTimestamp()),
  headers: v.record(v.string(), v.string()),
  checksum: v.object({ algorithm: ChecksumAlgorithm, type: ChecksumType, declared: v.boolean() }),
});

/**
 * What CreateMultipartUpload fixed: when (ISO 8601, UTC), the headers the object will have, and its checksum's
 * algorithm and type, with whether the client asked for that algorithm.
 */
export type UploadRecord = v.InferOutput<typeof UploadRecord>;

const PartRecord = v.object({
  partNumber: v.number(),
  bytes: v.number(),
  etag: v.string(),
  lastModified: v.pipe(v.string(), v.isoTimestamp()),
  checksum: v.object({ algorithm: ChecksumAlgorithm, value: v.string() }),
  file: v.string(),
});

/** One part as it was last received; `file` is its name inside the upload's directory. */
export type PartRecord = v.InferOutput<typeof PartRecord>;

/** An upload that is neither completed nor aborted, with its parts by number. */
export interface OpenUpload extends UploadRecord {
  readonly parts: Map<number, PartRecord>;
}

const UPLOAD_FILE = "upload.json";

/**
 * The multipart uploads under `<directory>/.uploads`: a directory for each, with `upload.json`, and for each part its
 * bytes and `part-<number>.json`, whose writing makes the part. They stay over a restart until completed or aborted.
 */
export class OpenUploads {
  readonly #directory: string;
  readonly #uploads = new Map<string, OpenUpload>();
  readonly #turns = new Turns();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Opens `<directory>/.uploads`, and removes what an ended process left half-received. Throws UnreadableRecord. */
  static async load(directory: string): Promise<OpenUploads> {
    const uploads = new OpenUploads(join(directory, ".uploads"));
    await mkdir(uploads.#directory, { recursive: true });
    for (const name of await readdir(uploads.#directory)) {
      const path = join(uploads.#directory, name);
      if (await isFile(join(path, UPLOAD_FILE))) uploads.#uploads.set(name, await readUpload(path));
      else await rm(path, { recursive: true });
    }
    return uploads;
  }

  /** A new path, outside every upload, for bytes that are not yet an object or a part. */
  temporaryPath(): string {
    return join(this.#directory, `${randomUUID()}.bytes`);
  }

  /** Where the bytes of a part are. */
  pathOf(upload: UploadRecord, part: PartRecord): string {
    return join(this.#directory, upload.uploadId, part.file);
  }

  /** Every open upload, in no order. */
  all(): Iterable<OpenUpload> {
    return this.#uploads.values();
  }

  /** The upload of this id. Throws S3Error `NoSuchUpload`, also when it is of another object. */
  find(bucket: string, key: string, uploadId: string): OpenUpload {
    const upload = this.#uploads.get(uploadId);
    if (upload?.bucket === bucket && upload.key === key) return upload;
    throw new S3Error(
      "NoSuchUpload",
      `There is no open upload "${uploadId}" of this key: wrong, completed or aborted.`,
    );
  }

  /** Opens an upload. */
  async add(record: Omit<UploadRecord, "uploadId">): Promise<OpenUpload> {
    const upload: UploadRecord = { uploadId: randomUUID(), ...record };
    await writeJson(join(this.#directory, upload.uploadId, UPLOAD_FILE), upload);
    const open = { ...upload, parts: new Map() };
    this.#uploads.set(upload.uploadId, open);
    return open;
  }

  /** Makes the file at `received` a part, in place of an earlier one of its number. Throws S3Error `NoSuchUpload`. */
  async addPart(upload: OpenUpload, received: string, fields: Omit<PartRecord, "file">): Promise<void> {
    const part = { ...fields, file: basename(received) };
    await this.whileOpen(upload, async () => {
      await rename(received, this.pathOf(upload, part));
      await writeJson(join(this.#directory, upload.uploadId, `part-${part.partNumber}.json`), part);
      const earlier = upload.parts.get(part.partNumber);
      upload.parts.set(part.partNumber, part);
      if (earlier !== undefined) await rm(this.pathOf(upload, earlier), { force: true });
    });
  }

  /** Runs a task while no other changes this upload. Throws S3Error `NoSuchUpload` when it is no longer open. */
  async whileOpen<Result>(upload: OpenUpload, task: () => Promise<Result>): Promise<Result> {
    return await this.#turns.take(upload.uploadId, async () => {
      this.find(upload.bucket, upload.key, upload.uploadId);
      return await task();
    });
  }

  /** Closes an upload and removes its parts. Called inside `whileOpen`. */
  async remove(upload: OpenUpload): Promise<void> {
    this.#uploads.delete(upload.uploadId);
    const path = join(this.#directory, upload.uploadId);
    // First, so that an upload whose removal is cut short does not come back at the next start.
    await rm(join(path, UPLOAD_FILE), { force: true });
    await rm(path, { recursive: true, force: true });
  }
}

async function readUpload(path: string): Promise<OpenUpload> {
  const upload = await readJson(join(path, UPLOAD_FILE), UploadRecord);
  const names = (await readdir(path)).filter((name) => /^part-\d+\.json$/.test(name));
  const parts = await Promise.all(names.map((name) => readJson(join(path, name), PartRecord)));
  return { ...upload, parts: new Map(parts.map((part) => [part.partNumber, part])) };
}
