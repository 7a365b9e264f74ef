import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type Manifest, parseManifest } from "../../functions/domain/manifest.ts";

/** The part of an "Object Created" event that is used here (S3 User Guide, "EventBridge event message structure"). */
export interface ObjectCreatedEvent {
  readonly detail: {
    readonly bucket: { readonly name: string };
    readonly object: {
      /** The key as it is. S3 encodes keys in its notifications to SQS, SNS and Lambda; on EventBridge it does not. */
      readonly key: string;
      /** Size in bytes. */
      readonly size: number;
      /** Only where the bucket keeps versions. */
      readonly "version-id"?: string;
    };
  };
}

/** What there is to know of a transfer's outputs. */
export interface SavedOutputs {
  /** The project's id. */
  readonly projectId: string;
  /** One receipt an output: where it is, its version, size and checksums. */
  readonly outputs: Manifest["outputs"];
}

/** Where log lines go. With the JSON log format an object becomes one structured line. */
export type LogSink = Pick<Console, "info" | "warn">;

/** Largest manifest that is read, in bytes. A receipt takes less than 1 KiB: 16 MiB are more than 16,000 outputs. */
const largestManifest = 16 * 1_024 ** 2;

/**
 * A function that reads the manifest of an event: logs a line for each output and returns them all. A manifest.json
 * that is no manifest of a transfer is logged and gives undefined.
 *
 * It is idempotent, and whatever you make of it must be, too: EventBridge and Lambda both deliver at least once. Here
 * the result depends on nothing but the object's version that the event names. If you write something, write it under
 * a name made of the output's key and SHA-256, so that the second time changes nothing.
 *
 * Rejects when the object cannot be read: Lambda calls again, and then puts the event into the dead-letter queue.
 */
export function createReadManifest(
  s3: S3Client,
  sink: LogSink = console,
): (event: ObjectCreatedEvent) => Promise<SavedOutputs | undefined> {
  return async ({ detail: { bucket, object } }) => {
    const place = { bucket: bucket.name, key: object.key, versionId: object["version-id"] };
    const manifest = object.size > largestManifest ? undefined : parseManifest(await readText(s3, place));
    if (manifest === undefined) {
      sink.warn({ message: "ignored: not a manifest of a transfer", ...place, bytes: object.size });
      return undefined;
    }
    const projectId = manifest.project.id;
    for (const { key, bytes, contentType, sha256 } of manifest.outputs) {
      sink.info({ message: "output saved", projectId, key, bytes, contentType, sha256 });
    }
    return { projectId, outputs: manifest.outputs };
  };
}

/** Reads the version that the event names, or what stands there where the bucket keeps no versions. */
async function readText(
  s3: S3Client,
  { bucket, key, versionId }: { bucket: string; key: string; versionId: string | undefined },
): Promise<string> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    return (await Body?.transformToString()) ?? "";
  } catch (cause) {
    // S3's own message has no key in it. Without s3:ListBucket an object that is gone is "AccessDenied", too.
    const version = versionId === undefined ? "" : ` (version ${versionId})`;
    throw new Error(`s3://${bucket}/${key}${version} cannot be read: ${cause}`, { cause });
  }
}

/** Lambda's entry. */
export const handler = createReadManifest(new S3Client({}));
