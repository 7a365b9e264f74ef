import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { crc32Of } from "./digest.ts";
import { storeFault, storeStatusOf } from "./store-fault.ts";

/** Times that a write is tried which another one disturbs: the third time one of them has long been through. */
const mostConflicts = 3;

/** A JSON object that is small enough for one PUT. */
export interface JsonObject {
  /** Where it goes. */
  readonly key: string;
  /** Its text. */
  readonly body: string;
  /** User metadata. Default none. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The request that writes a JSON object where nothing stands, with the checksum that S3 is to find. */
export function newJsonObject(bucket: string, { key, body, metadata }: JsonObject): PutObjectCommand {
  const bytes = Buffer.from(body);
  return new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: bytes,
    ContentType: "application/json",
    IfNoneMatch: "*",
    ChecksumCRC32: crc32Of(bytes),
    ...(metadata && { Metadata: { ...metadata } }),
  });
}

/**
 * Writes a small JSON object, unless one stands under its key: for keys that say all there is to say.
 * @throws {TransferFailed} when S3 refuses
 * @throws {StoreUnavailable | CopyInterrupted} when S3 fails, or the signal fires
 */
export async function writeOnce(
  { client, bucket }: { readonly client: S3Client; readonly bucket: string },
  { key, body }: { readonly key: string; readonly body: string },
  abortSignal?: AbortSignal,
): Promise<void> {
  const command = newJsonObject(bucket, { key, body });
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.send(command, abortSignal && { abortSignal });
      return;
    } catch (error) {
      const status = storeStatusOf(error);
      if (status === 412) return;
      // 409: another write of this key is under way, and may yet fail (S3 API reference, PutObject, `If-None-Match`).
      if (status !== 409 || attempt === mostConflicts) throw storeFault(error, `PUT of s3://${bucket}/${key}`);
    }
  }
}
