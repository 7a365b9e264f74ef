import { createHash } from "node:crypto";
import { TransferFailed } from "./errors.ts";
import { outputKey } from "./object-key.ts";
import type { Project } from "./project.ts";

/** Most outputs a project may have: 1,000 is far above what the vendor renders and keeps one function's memory flat. */
export const mostOutputs = 1_000;

/** Longest source name that receipts keep, in characters; 255 is the longest file name of common file systems. */
const longestSourceName = 255;

/** One output of a project, with the place it will have in S3. */
export interface PlannedOutput {
  /** Position in `downloads`, from 0. */
  readonly index: number;
  /** Signed URL: secret, never stored. */
  readonly url: string;
  /** Last segment of the URL's path, decoded; at most 255 characters. */
  readonly sourceName: string;
  /** Identity of the source that survives fresh signatures: see {@link sourceIdOf}. */
  readonly sourceId: string;
  /** Where it goes. */
  readonly key: string;
}

/**
 * Identity of an output across polls: SHA-256 (32 hexadecimal digits of it) of the URL's origin and path. The vendor
 * signs anew at every GET, so the query differs each time; the path names the object (Google Cloud Storage V4).
 */
function sourceIdOf(url: URL): string {
  return createHash("sha256").update(`${url.origin}${url.pathname}`).digest("hex").slice(0, 32);
}

function sourceNameOf(url: URL): string {
  const last = url.pathname.slice(url.pathname.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/**
 * The outputs of a project in their order, each with its object key.
 * @throws {TransferFailed} when an entry is not an absolute URL, there are more than 1,000, or two differ in their query
 * alone: freshly signed URLs could then not be told apart, and one output could be copied twice and the other never
 */
export function planOutputs(project: Pick<Project, "downloads">, directory: string): PlannedOutput[] {
  if (project.downloads.length > mostOutputs) {
    throw new TransferFailed(
      `the project has ${project.downloads.length} outputs, more than the ${mostOutputs} allowed`,
    );
  }
  const outputs = project.downloads.map(({ url }, index) => {
    if (!URL.canParse(url)) throw new TransferFailed(`the download URL of output ${index} is not a URL`);
    const parsed = new URL(url);
    const name = sourceNameOf(parsed);
    const sourceName = name.slice(0, longestSourceName);
    return { index, url, sourceName, sourceId: sourceIdOf(parsed), key: outputKey(directory, index, name) };
  });
  const distinct = new Set(outputs.map(({ sourceId }) => sourceId)).size;
  if (distinct === outputs.length) return outputs;
  throw new TransferFailed(
    "two outputs of the project have the same address but for its query, and cannot be told apart",
  );
}
