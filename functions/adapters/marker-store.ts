import { GetObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { cursorKey, cursorPrefix, formatCursor, readCursorKey } from "../domain/cleanup-cursor.ts";
import { firstKeyDue, formatMarker, largestMarkerBytes, type Marker, markerPrefix } from "../domain/marker.ts";
import { isAbsent, storeFault } from "./store-fault.ts";
import { writeOnce } from "./write-once.ts";

/** An object among the markers, as a list shows it. */
export interface ListedMarker {
  /** Its key. */
  readonly key: string;
  /** Its size in bytes. */
  readonly bytes: number;
}

/** A page of markers that are due. */
export interface MarkerPage {
  /** In the order in which they are due. */
  readonly markers: readonly ListedMarker[];
  /** Whether more may be due. */
  readonly more: boolean;
}

/**
 * The markers and cursors in the bucket. It writes where nothing stands, lists and reads; it has no way to delete or
 * overwrite. Every method throws `TransferFailed` when S3 refuses and `StoreUnavailable` when S3 fails. Times are
 * milliseconds since the epoch.
 */
export interface MarkerStore {
  /** Writes a marker; one that stands already is left as it is. @param signal ends it */
  write(marker: Marker, signal?: AbortSignal): Promise<void>;
  /** Up to when all markers are handled; undefined when nothing says so. One request. */
  readCursor(now: number): Promise<number | undefined>;
  /** Says that all markers due before `position` are handled. */
  writeCursor(position: number, now: number): Promise<void>;
  /** Markers due from `from` on (default the first there is) and before `until`, in pages of at most 1,000: one request each. */
  due(from: number | undefined, until: number): AsyncGenerator<MarkerPage>;
  /** A marker's text; undefined when it is gone, or larger than a marker can be. */
  read(marker: ListedMarker): Promise<string | undefined>;
}

/** The marker store on a bucket. */
export function createMarkerStore(client: S3Client, bucket: string): MarkerStore {
  const target = { client, bucket };
  const failed = (what: string) => (error: unknown) => {
    throw storeFault(error, `${what} of s3://${bucket}`);
  };
  return {
    write: (marker, signal) => writeOnce(target, formatMarker(marker), signal),
    writeCursor: (position, now) => writeOnce(target, { key: cursorKey(position), body: formatCursor(position, now) }),
    async readCursor(now) {
      // Positions to come lie before this key. None is ever written, unless by a clock that was wrong.
      const StartAfter = cursorKey(now + 1);
      const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: cursorPrefix, StartAfter, MaxKeys: 1 });
      const { Contents = [] } = await client.send(command).catch(failed(`LIST of ${cursorPrefix}`));
      return readCursorKey(Contents[0]?.Key ?? "");
    },
    async *due(from, until) {
      const StartAfter = from === undefined ? markerPrefix : firstKeyDue(from);
      const end = firstKeyDue(until);
      for (let ContinuationToken: string | undefined, more = true; more; ) {
        const command = new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: markerPrefix,
          StartAfter,
          ContinuationToken,
        });
        const page = await client.send(command).catch(failed(`LIST of ${markerPrefix}`));
        const listed = (page.Contents ?? []).map(({ Key = "", Size = 0 }) => ({ key: Key, bytes: Size }));
        const markers = listed.filter(({ key }) => key < end);
        ContinuationToken = page.NextContinuationToken;
        more = ContinuationToken !== undefined && markers.length === listed.length;
        yield { markers, more };
      }
    },
    async read({ key, bytes }) {
      if (bytes > largestMarkerBytes) return undefined;
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return await Body?.transformToString();
      } catch (error) {
        if (isAbsent(error)) return undefined;
        // Archived by a rule of somebody's own bucket. That one marker must not hold up all the others; any other refusal
        // may be one of everything, and stops the pass.
        if (error instanceof Error && error.name === "InvalidObjectState") return undefined;
        throw storeFault(error, `GET of s3://${bucket}/${key}`);
      }
    },
  };
}
