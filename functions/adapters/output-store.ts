import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { TransferFailed } from "../domain/errors.ts";
import { formatManifest, type Manifest, parseManifest, recordsSameBytes } from "../domain/manifest.ts";
import { manifestKey } from "../domain/object-key.ts";
import type { StoredObject } from "../domain/receipt.ts";
import { type DigestResult, startDigest } from "./digest.ts";
import { type NewObject, type ObjectBytes, type WrittenObject, writeObject } from "./object-writer.ts";
import { isAbsent, storeFault, storeStatusOf } from "./store-fault.ts";
import { newJsonObject } from "./write-once.ts";

/**
 * The bucket that outputs go to. It writes where nothing stands, looks and reads; it has no way to delete or overwrite.
 * Every method throws {@link TransferFailed} when S3 refuses and `StoreUnavailable` when S3 fails.
 */
export interface OutputStore {
  /** Bucket name. */
  readonly bucket: string;
  /** What stands under a key; undefined when nothing does. */
  head(key: string): Promise<StoredObject | undefined>;
  /**
   * Which keys below a directory are taken, by one listing: tells of a key whether something stands there, and undefined
   * where the listing, of a thousand keys at most, does not reach. For many outputs that is one call in place of as many.
   */
  survey(directory: string): Promise<(key: string) => boolean | undefined>;
  /** What the bytes of an object really are, found by reading all of them; undefined when there is none. The signal ends it. */
  readBack(key: string, signal?: AbortSignal): Promise<DigestResult | undefined>;
  /** Writes an object where nothing stands and verifies it: see {@link writeObject}. */
  write(object: NewObject, read: (partBytes: number) => ObjectBytes): Promise<WrittenObject>;
  /** The manifest below a directory; undefined when there is none. */
  readManifest(directory: string): Promise<Manifest | undefined>;
  /** Writes the manifest if there is none; one that records the same bytes is returned instead, another is a conflict. */
  writeManifest(directory: string, manifest: Manifest): Promise<Manifest>;
}

/** The output store on a bucket. */
export function createOutputStore(client: S3Client, bucket: string): OutputStore {
  const absentOrThrow = (error: unknown, what: string, key: string): undefined => {
    if (isAbsent(error)) return undefined;
    throw storeFault(error, `${what} of s3://${bucket}/${key}`);
  };
  const get = (key: string, signal?: AbortSignal) =>
    client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { ...(signal && { abortSignal: signal }) }).then(
      ({ Body }) => Body,
      (error) => absentOrThrow(error, "GET", key),
    );
  const head = (key: string) =>
    client
      .send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" }))
      .then(describe, (error) => absentOrThrow(error, "HEAD", key));

  const readManifest = async (directory: string): Promise<Manifest | undefined> => {
    const key = manifestKey(directory);
    const body = await get(key);
    if (!body) return undefined;
    const text = await body.transformToString().catch((error: unknown) => {
      throw storeFault(error, `reading s3://${bucket}/${key}`);
    });
    const manifest = parseManifest(text);
    if (manifest) return manifest;
    throw new TransferFailed(
      `s3://${bucket}/${key} is there but is no manifest: it is kept, and nothing is overwritten`,
    );
  };

  return {
    bucket,
    head,
    readManifest,
    async survey(directory) {
      const Prefix = `${directory}/`;
      const listed = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix })).catch((error: unknown) => {
        throw storeFault(error, `LIST of s3://${bucket}/${Prefix}`);
      });
      const keys = (listed.Contents ?? []).map(({ Key = "" }) => Key);
      const taken = new Set(keys);
      const last = listed.IsTruncated ? (keys.at(-1) ?? "") : undefined;
      return (key) => taken.has(key) || (last !== undefined && key > last ? undefined : false);
    },
    write: (object, read) => writeObject({ client, bucket, head }, object, read),
    async readBack(key, signal) {
      const body = await get(key, signal);
      if (!body) return undefined;
      const digest = startDigest();
      try {
        for await (const piece of body as AsyncIterable<Uint8Array>) digest.add(piece);
      } catch (error) {
        throw storeFault(error, `reading s3://${bucket}/${key}`);
      }
      return digest.finish();
    },
    async writeManifest(directory, manifest) {
      const key = manifestKey(directory);
      const metadata = { "project-id": manifest.project.id };
      const command = newJsonObject(bucket, { key, body: formatManifest(manifest), metadata });
      const fault = await client.send(command).then(
        () => undefined,
        (error: unknown) => error ?? new Error("unknown fault"),
      );
      if (fault === undefined) return manifest;
      const status = storeStatusOf(fault);
      const standing = status === 412 || status === 409 ? await readManifest(directory) : undefined;
      // A conflict (409) may leave nothing behind: then it is a fault like any other.
      if (!standing) throw storeFault(fault, `PUT of s3://${bucket}/${key}`);
      if (recordsSameBytes(standing, manifest)) return standing;
      throw new TransferFailed(
        `s3://${bucket}/${key} records other bytes: it is kept, and nothing is overwritten or deleted`,
      );
    },
  };
}

function describe(found: {
  ContentLength?: number | undefined;
  ChecksumType?: string | undefined;
  ChecksumCRC32?: string | undefined;
  VersionId?: string | undefined;
  ContentType?: string | undefined;
  Metadata?: Record<string, string> | undefined;
}): StoredObject {
  return {
    bytes: found.ContentLength ?? -1,
    // A composite checksum is one over the parts' checksums: it says nothing about the object as a whole.
    crc32: found.ChecksumType === "COMPOSITE" ? undefined : found.ChecksumCRC32,
    versionId: found.VersionId,
    contentType: found.ContentType ?? "application/octet-stream",
    metadata: found.Metadata ?? {},
  };
}
