import type { WriteTarget } from "./object-writer.ts";
import { abortUpload, openUploads } from "./open-uploads.ts";

/**
 * Age from which an open upload's writer is surely dead, in milliseconds: a function lives at most 15 minutes, and one
 * more is for clocks that differ. A younger upload may be that of another transfer of the same project, at work now.
 */
export const staleAfter = 16 * 60_000;

/**
 * Aborts uploads to this very key that a killed function left open. Never throws: the bucket's lifecycle rule ends after
 * a day what is left, and the copy itself does not depend on it.
 */
export async function abortStaleUploads(target: WriteTarget, key: string, now = Date.now()): Promise<void> {
  try {
    for await (const upload of openUploads(target, key, now - staleAfter)) {
      if (upload.key === key) await abortUpload(target, upload);
    }
  } catch {
    // Left to the lifecycle rule.
  }
}
