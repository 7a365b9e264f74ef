import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";
import * as v from "valibot";
import { S3Error } from "./s3-error.ts";

/** A checksum algorithm that this store verifies, by its S3 name. */
export const ChecksumAlgorithm = v.picklist(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]);
export type ChecksumAlgorithm = v.InferOutput<typeof ChecksumAlgorithm>;

/** Whether a checksum covers the object's bytes, or the checksums of its parts (then it ends in `-<parts>`). */
export const ChecksumType = v.picklist(["FULL_OBJECT", "COMPOSITE"]);
export type ChecksumType = v.InferOutput<typeof ChecksumType>;

/** The digest's length in bytes. */
const DIGEST_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

/** A checksum that grows with the bytes. */
export interface RunningChecksum {
  /** Takes the next bytes. */
  update(chunk: Uint8Array): void;
  /** The checksum of all bytes so far, in base64 as S3 writes it. Called once. */
  digest(): Promise<string>;
}

/** Begins a checksum. CRC32 and SHA are native; CRC32C and CRC64NVME are the AWS SDK's own. */
export function startChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case "CRC32":
      return nativeCrc32();
    case "CRC32C":
      return sdkChecksum(new Crc32c());
    case "CRC64NVME":
      return sdkChecksum(new Crc64Nvme());
    case "SHA1":
    case "SHA256": {
      const hash = createHash(algorithm.toLowerCase());
      return { update: (chunk) => void hash.update(chunk), digest: async () => hash.digest("base64") };
    }
  }
}

function nativeCrc32(): RunningChecksum {
  let value = 0;
  return {
    update: (chunk) => {
      value = crc32(chunk, value);
    },
    digest: async () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString("base64");
    },
  };
}

function sdkChecksum(sdk: { update(chunk: Uint8Array): void; digest(): Promise<Uint8Array> }): RunningChecksum {
  return {
    update: (chunk) => sdk.update(chunk),
    digest: async () => Buffer.from(await sdk.digest()).toString("base64"),
  };
}

/** The composite checksum of a multipart object: the checksum of its parts' checksums, and their number. */
export async function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): Promise<string> {
  const checksum = startChecksum(algorithm);
  for (const part of parts) checksum.update(Buffer.from(part, "base64"));
  return `${await checksum.digest()}-${parts.length}`;
}

/** The header that carries a checksum of this algorithm, for example `x-amz-checksum-crc32`. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The XML element that carries a checksum of this algorithm, for example `ChecksumCRC32`. */
export function checksumElement(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

/**
 * The algorithm that a header or trailer name stands for, undefined for a name that is no checksum value.
 * Throws S3Error `NotImplemented` for an algorithm that the store cannot verify: to ignore it would be to lie.
 */
export function algorithmOfHeader(name: string): ChecksumAlgorithm | undefined {
  const suffix = /^x-amz-checksum-(.+)$/.exec(name)?.[1];
  if (suffix === undefined || ["algorithm", "mode", "type"].includes(suffix)) return undefined;
  return readAlgorithm(suffix);
}

/** Reads an algorithm's name in any letter case. Throws S3Error `NotImplemented` for one the store cannot verify. */
export function readAlgorithm(name: string): ChecksumAlgorithm {
  const upper = name.toUpperCase();
  if (v.is(ChecksumAlgorithm, upper)) return upper;
  throw new S3Error("NotImplemented", `This store verifies ${ChecksumAlgorithm.options.join(", ")}, not ${upper}.`);
}

/** Throws S3Error `InvalidRequest` when the text cannot be a checksum of this algorithm (a composite one may be). */
export function checkChecksumValue(algorithm: ChecksumAlgorithm, value: string): void {
  const digest = value.replace(/-\d+$/, "");
  const bytes = Buffer.from(digest, "base64");
  if (bytes.length === DIGEST_BYTES[algorithm] && bytes.toString("base64") === digest) return;
  throw new S3Error("InvalidRequest", `Value for ${checksumHeader(algorithm)} header is invalid.`);
}
