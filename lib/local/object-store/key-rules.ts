import { S3Error } from "./s3-error.ts";

/** S3's limit for a key, in bytes of UTF-8. */
const LONGEST_KEY = 1024;
/** The longest file name of ext4, XFS, btrfs and APFS, in bytes. */
const LONGEST_SEGMENT = 255;

/**
 * Refuses a key that cannot be the name of a file. S3 itself takes more; here an object is a plain file at
 * `<bucket>/<key>`, and a key that a file system would read otherwise must not be guessed at.
 * Throws S3Error `KeyTooLongError` or `InvalidArgument`, which names the rule.
 */
export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > LONGEST_KEY) {
    throw new S3Error("KeyTooLongError", `The key is longer than ${LONGEST_KEY} bytes.`);
  }
  const broken = brokenRule(key);
  if (broken !== undefined) {
    throw new S3Error("InvalidArgument", `The key ${JSON.stringify(key)} cannot be a file here: ${broken}.`);
  }
}

function brokenRule(key: string): string | undefined {
  const segments = key.split("/");
  if (segments.includes("")) return "a key must not begin or end with a slash, nor hold two in a row";
  if (segments.some((segment) => segment === "." || segment === "..")) {
    return 'a part between slashes must not be "." or ".."';
  }
  if (segments.some((segment) => Buffer.byteLength(segment) > LONGEST_SEGMENT)) {
    return `a part between slashes must not be longer than ${LONGEST_SEGMENT} bytes`;
  }
  // A backslash separates directories on Windows.
  if (/[\p{Cc}\\]/u.test(key)) return "a key must hold neither control characters nor backslashes";
  return undefined;
}

/**
 * Refuses a bucket name outside S3's rules (3 to 63 lower-case letters, digits, dots and hyphens, a letter or digit
 * at both ends), which also keeps it from being `..` or one of the store's own dot directories.
 * Throws S3Error `InvalidBucketName`.
 */
export function checkBucketName(bucket: string): void {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) && !bucket.includes("..")) return;
  throw new S3Error("InvalidBucketName", `"${bucket}" is not a bucket name: 3 to 63 of a-z, 0-9, "." and "-".`);
}
