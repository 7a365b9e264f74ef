import { abortUpload, openUploads, type UploadPlace } from "./open-uploads.ts";
import { storeFault } from "./store-fault.ts";

/**
 * Age from which an upload is orphaned, whatever its key, in milliseconds: one hour. A function lives at most 15 minutes,
 * so nobody of ours writes to it any more.
 */
export const orphanedAfter = 3_600_000;

/** How far a pass got. */
export interface AbortedUploads {
  /** Uploads aborted. */
  readonly aborted: number;
  /** Whether time was up before the end. */
  readonly more: boolean;
}

/**
 * Aborts the orphaned uploads of a whole bucket, which must be the stack's alone: somebody else's uploads may take days.
 * What is left is found by the next pass.
 * @param now milliseconds since the epoch
 * @param isTimeUp asked before each abort
 * @throws {TransferFailed} when S3 refuses, {StoreUnavailable} when S3 fails
 */
export async function abortOrphanedUploads(
  place: UploadPlace,
  now: number,
  isTimeUp: () => boolean,
): Promise<AbortedUploads> {
  let aborted = 0;
  try {
    for await (const upload of openUploads(place, "", now - orphanedAfter)) {
      if (isTimeUp()) return { aborted, more: true };
      if (await abort(place, upload)) aborted += 1;
    }
    return { aborted, more: false };
  } catch (error) {
    throw storeFault(error, `aborting orphaned uploads of s3://${place.bucket}`);
  }
}

/** @returns false when it was over already: another pass was faster */
async function abort(...[place, upload]: Parameters<typeof abortUpload>): Promise<boolean> {
  try {
    await abortUpload(place, upload);
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchUpload") return false;
    throw error;
  }
}
