/** The refusals this store gives, with the HTTP status of each, as S3 documents them ("Error responses", S3 API). */
const STATUS = {
  AccessDenied: 403,
  BadDigest: 400,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidDigest: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedTrailerError: 400,
  MalformedXML: 400,
  MethodNotAllowed: 405,
  MissingContentLength: 411,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NoSuchVersion: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  XAmzContentSHA256Mismatch: 400,
} as const;

/** The name of a refusal, as it stands in `<Code>`. */
export type S3ErrorCode = keyof typeof STATUS;

/** A request that the store refuses; the client sees the code, the message and the status. */
export class S3Error extends Error {
  override readonly name = "S3Error";
  /** S3's own name of the refusal. */
  readonly code: S3ErrorCode;
  /** The HTTP status that goes with the code. */
  readonly status: number;

  /** `message` is one sentence for a person; it says what was wrong with the request. */
  constructor(code: S3ErrorCode, message: string) {
    super(message);
    this.code = code;
    this.status = STATUS[code];
  }
}
