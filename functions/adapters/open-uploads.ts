import { AbortMultipartUploadCommand, ListMultipartUploadsCommand, type S3Client } from "@aws-sdk/client-s3";

/** Where uploads are. */
export interface UploadPlace {
  /** The S3 client. */
  readonly client: S3Client;
  /** Bucket name. */
  readonly bucket: string;
}

/** An upload that is neither completed nor aborted. */
export interface OpenUpload {
  /** Key of the object to come. */
  readonly key: string;
  /** S3's id of the upload. */
  readonly uploadId: string;
}

/**
 * The uploads to keys that begin with this, which were begun then or before; page by page, up to 1,000 a request.
 * @param until milliseconds since the epoch
 * @throws the SDK's error
 */
export async function* openUploads(
  { client, bucket }: UploadPlace,
  prefix: string,
  until: number,
): AsyncGenerator<OpenUpload> {
  let markers: { readonly KeyMarker?: string | undefined; readonly UploadIdMarker?: string | undefined } = {};
  for (let more = true; more; ) {
    const page = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...markers }));
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (Key && UploadId && Initiated && Initiated.getTime() <= until) yield { key: Key, uploadId: UploadId };
    }
    markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    more = page.IsTruncated === true && page.NextKeyMarker !== undefined;
  }
}

/** Aborts an upload. @throws the SDK's error */
export async function abortUpload({ client, bucket }: UploadPlace, { key, uploadId }: OpenUpload): Promise<void> {
  await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId }));
}
