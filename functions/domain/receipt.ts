import type { PlannedOutput } from "./output.ts";

/** Key, version, size and checksums of one output saved and verified in S3. */
export interface Receipt {
  /** Bucket name; empty where outputs go to a directory of this machine (lib/client). */
  readonly bucket: string;
  /** Object key; without a bucket the file's path. */
  readonly key: string;
  /** Version, where the bucket keeps versions. */
  readonly versionId?: string;
  /** Size in bytes. */
  readonly bytes: number;
  /** SHA-256 of the bytes, 64 hexadecimal digits. */
  readonly sha256: string;
  /** S3's full-object checksum, base64 of the big-endian value as S3 writes it. */
  readonly checksum: {
    /** Which checksum it is. */
    readonly algorithm: "CRC32";
    /** The checksum of the whole object. */
    readonly value: string;
  };
  /** Media type as the source announced it. */
  readonly contentType: string;
  /** File name at the source. */
  readonly sourceName: string;
  /** Identity of the source across polls (see `PlannedOutput.sourceId`). */
  readonly sourceId: string;
  /** The source's strong ETag when it was copied, if it had one: which version of the source this is. */
  readonly sourceEtag?: string;
}

/** What the store holds under a key, as HEAD tells it. */
export interface StoredObject {
  /** Size in bytes. */
  readonly bytes: number;
  /** Full-object CRC32, base64; undefined when the store has none. */
  readonly crc32?: string | undefined;
  /** Version, where the bucket keeps versions. */
  readonly versionId?: string | undefined;
  /** Media type. */
  readonly contentType: string;
  /** User metadata, names in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where something is, for a person: `s3://bucket/key`, or without a bucket the file's path. */
export function locationOf({ bucket, key }: Pick<Receipt, "bucket" | "key">): string {
  return bucket === "" ? key : `s3://${bucket}/${key}`;
}

/** Whether the receipt is of this very output. */
export function isReceiptOf(receipt: Receipt, output: PlannedOutput): boolean {
  return receipt.key === output.key && receipt.sourceId === output.sourceId && receipt.sourceName === output.sourceName;
}

/** Whether the stored object has the receipt's size and full-object checksum. An object without checksum never does. */
export function matchesReceipt(stored: StoredObject | undefined, receipt: Receipt): boolean {
  return stored !== undefined && stored.bytes === receipt.bytes && stored.crc32 === receipt.checksum.value;
}
