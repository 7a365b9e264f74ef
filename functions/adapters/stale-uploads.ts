import { AbortMultipartUploadCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import type { WriteTarget } from "./object-writer.ts";

/**
 * Age from which an open upload's writer is surely dead, in milliseconds: a function lives at most 15 minutes, and one
 * more is for clocks that differ. A younger upload may be that of another transfer of the same project, at work now.
 */
export const staleAfter = 16 * 60_000;

/**
 * Aborts uploads to this very key that a killed function left open. Never throws: the bucket's lifecycle rule ends after
 * a day what is left, and the copy itself does not depend on it.
 */
export async function abortStaleUploads({ client, bucket }: WriteTarget, key: string, now = Date.now()): Promise<void> {
  try {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key }));
    for (const { Key, UploadId, Initiated } of Uploads) {
      if (Key !== key || !Initiated || now - Initiated.getTime() < staleAfter) continue;
      await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
    }
  } catch {
    // Left to the lifecycle rule.
  }
}
