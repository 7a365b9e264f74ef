/** How a write asks to be carried out, and where it came from. */
export interface Write {
  /** Whether the key must be new. */
  readonly onlyNew: boolean;
  /** The operation that makes the object. */
  readonly reason: "PutObject" | "CompleteMultipartUpload";
  /** Id of the request, which its answer carries, too. */
  readonly requestId: string;
  /** The client's IP address. */
  readonly sourceAddress: string;
}

/** An object that has just been committed to disk. */
export interface WrittenObject extends Omit<Write, "onlyNew"> {
  /** Its bucket. */
  readonly bucket: string;
  /** Its key. */
  readonly key: string;
  /** The absolute path of the file that holds its bytes and nothing else. */
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  /** Its ETag, without quotes. */
  readonly etag: string;
  /** Its version. */
  readonly versionId: string;
  /** When it was written (ISO 8601, UTC). */
  readonly lastModified: string;
  /** A hexadecimal text that sorts behind those of all earlier writes. */
  readonly sequencer: string;
}

/** Called with each object after it was committed; a promise it returns is waited for. */
export type AfterWrite = (object: WrittenObject) => void | Promise<void>;
