/** What may happen to objects in the store behind a transfer's back. */
import { open, truncate } from "node:fs/promises";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { localBucket } from "../../lib/local/embedded-cloud.ts";
import type { TransferHarness } from "./transfer-harness.ts";

/** Removes an object. */
export async function removeObject({ s3 }: TransferHarness, key: string): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket: localBucket, Key: key }));
}

/** Puts an object there, with a CRC32 as the SDKs add it, over whatever stands there. */
export async function putObject({ s3 }: TransferHarness, key: string, body: Uint8Array | string): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: localBucket, Key: key, Body: body, ChecksumAlgorithm: "CRC32" }));
}

/** Cuts the bytes of an object on disk; what HEAD tells of it stays as it was. */
export async function cutOnDisk({ cloud }: TransferHarness, key: string, bytes: number): Promise<void> {
  await truncate(cloud.store.pathOf(localBucket, key), bytes);
}

/** XORs bytes of an object on disk, from an offset on; what HEAD tells of it stays as it was. */
export async function xorOnDisk(path: string, mask: Uint8Array, offset: number): Promise<void> {
  const file = await open(path, "r+");
  const bytes = Buffer.alloc(mask.length);
  await file.read(bytes, 0, bytes.length, offset);
  await file.write(
    bytes.map((byte, at) => byte ^ (mask[at] ?? 0)),
    0,
    bytes.length,
    offset,
  );
  await file.close();
}

/**
 * XORed into bytes at any place it leaves their CRC32 as it is: it is the CRC's own polynomial, x^32 + 0x04C11DB7, in the
 * order in which CRC-32 takes bits, lowest first.
 */
export const crc32Blind = Uint8Array.of(0x41, 0x06, 0x71, 0xdb, 0x01);
