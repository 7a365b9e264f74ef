import { resolve } from "node:path";
import type { OnRequest } from "./http-server.ts";
import { listen } from "./http-server.ts";
import { ObjectFiles } from "./object-files.ts";
import { OpenUploads } from "./open-uploads.ts";
import type { AfterWrite } from "./written-object.ts";

export type { Fault, FaultRequest } from "./http-server.ts";
export { UnreadableRecord } from "./json-file.ts";
export type { AfterWrite, WrittenObject } from "./written-object.ts";

/** How an object store is started. */
export interface ObjectStoreOptions {
  /**
   * Where objects are kept, created if absent: `<bucket>/<key>` are their bytes, `.metadata` what is recorded of
   * them, `.uploads` the open uploads. What an earlier run left there is served again. One process at a time.
   */
  readonly directory: string;
  /** Buckets to create unless they exist. */
  readonly buckets: readonly string[];
  /** TCP port on 127.0.0.1; 0, the default, takes a free one. */
  readonly port?: number;
  /** Called with each request before anything else; what it returns goes wrong. */
  readonly onRequest?: OnRequest;
  /** Called after an object was committed to disk and before the client is answered; its promise is waited for. */
  readonly afterWrite?: AfterWrite;
}

/** A multipart upload that is neither completed nor aborted. */
interface OpenUploadSummary {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  /** When it was created, UTC. */
  readonly initiated: Date;
}

/** A running object store: an S3 endpoint for the AWS SDKs and the AWS CLI, path-style addressing only. */
export interface ObjectStore {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** The absolute path of the directory with the objects. */
  readonly directory: string;
  /** The absolute path of the plain file that holds an object's bytes, whether or not it is there. */
  pathOf(bucket: string, key: string): string;
  /** The open uploads of all buckets, oldest first. */
  openUploads(): readonly OpenUploadSummary[];
  /** Cuts every connection and frees the port; the files stay. */
  close(): Promise<void>;
}

/**
 * Starts an object store. Throws S3Error `InvalidBucketName`, UnreadableRecord when a file under `.metadata` or
 * `.uploads` is not as the store wrote it, an Error that names the directory when it cannot be made, and Node's own error
 * when the port is taken.
 */
export async function startObjectStore(options: ObjectStoreOptions): Promise<ObjectStore> {
  const directory = resolve(options.directory);
  const objects = await ObjectFiles.load(directory, options.afterWrite ?? (() => {}));
  const uploads = await OpenUploads.load(directory);
  for (const bucket of options.buckets) await objects.createBucket(bucket);
  const server = await listen({ objects, uploads }, options.port ?? 0, options.onRequest ?? (() => undefined));
  return {
    url: `http://127.0.0.1:${server.port}`,
    directory,
    pathOf: (bucket, key) => objects.pathOf(bucket, key),
    openUploads: () => summaries(uploads),
    close: () => server.close(),
  };
}

function summaries(uploads: OpenUploads): readonly OpenUploadSummary[] {
  return [...uploads.all()]
    .map(({ bucket, key, uploadId, initiated }) => ({ bucket, key, uploadId, initiated: new Date(initiated) }))
    .sort((a, b) => a.initiated.getTime() - b.initiated.getTime());
}
