import { resolve } from "node:path";
import type { OutputStore } from "../../functions/adapters/output-store.ts";
import { InvalidInput } from "../../functions/domain/errors.ts";
import { defaultDirectoryOf } from "../../functions/domain/input.ts";
import { createDirectoryStore } from "./directory-store.ts";
import type { ClientPorts } from "./ports.ts";
import { requireWritable } from "./writable-directory.ts";

/** Where outputs go. */
export interface Destination {
  /** The store. */
  readonly store: OutputStore;
  /** What their keys begin with, in that store: an absolute path, or a key prefix. */
  readonly directory: string;
}

/** A `downloadDirectory` after reading. */
export type Place =
  | { readonly kind: "directory"; readonly directory: string }
  | { readonly kind: "bucket"; readonly bucket: string; readonly prefix: string };

/** Bucket names (S3 User Guide, "General purpose bucket naming rules"), as far as a typing error would break them. */
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * Reads a `downloadDirectory`: a path, or `s3://bucket/prefix`. A prefix that is left out is the one that transfers in the
 * cloud use.
 * @throws {InvalidInput} when it is neither
 */
export function readPlace(id: string, downloadDirectory = defaultDirectoryOf(id)): Place {
  if (typeof downloadDirectory !== "string" || downloadDirectory === "" || downloadDirectory.includes("\0")) {
    throw new InvalidInput("downloadDirectory: must be a path, or s3://bucket/prefix");
  }
  const [, scheme, rest = ""] = /^([A-Za-z][A-Za-z0-9+.-]+):\/\/(.*)$/s.exec(downloadDirectory) ?? [];
  if (scheme === undefined) return { kind: "directory", directory: resolve(downloadDirectory) };
  if (scheme !== "s3") throw new InvalidInput(`downloadDirectory: ${scheme}:// is not known, only s3:// and paths are`);
  const slash = rest.indexOf("/");
  const [bucket, prefix] = slash < 0 ? [rest, ""] : [rest.slice(0, slash), rest.slice(slash + 1)];
  if (!bucketName.test(bucket))
    throw new InvalidInput("downloadDirectory: must be s3://bucket/prefix, with a bucket's name");
  return { kind: "bucket", bucket, prefix: prefix.replace(/\/$/, "") || defaultDirectoryOf(id) };
}

/**
 * Opens where outputs go.
 * @param signal ends reading there
 * @throws {TransferFailed} when nothing can be written there
 */
export async function openDestination(
  place: Place,
  { bucket }: Pick<ClientPorts, "bucket">,
  signal: AbortSignal,
): Promise<Destination> {
  if (place.kind === "bucket") return { store: await bucket(place.bucket), directory: place.prefix };
  await requireWritable(place.directory);
  return { store: createDirectoryStore(signal), directory: place.directory };
}
