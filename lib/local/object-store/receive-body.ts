import type { Hash } from "node:crypto";
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { decodeAwsChunked } from "./aws-chunked.ts";
import type { ChecksumAlgorithm, RunningChecksum } from "./checksums.ts";
import { startChecksum } from "./checksums.ts";
import type { DeclaredBody } from "./declared-body.ts";
import { declareBody } from "./declared-body.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";

/** A body that has been written to a file and found to be what the request declared. */
export interface ReceivedBody {
  /** Size in bytes, without framing. */
  readonly bytes: number;
  /** MD5 of the bytes, in hex: the ETag of an object or part. */
  readonly md5: string;
  /** The checksum that the client declared; computed with `fallback` when it declared none. */
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
}

/**
 * Streams the body of a PutObject or UploadPart to `path` and verifies size, checksum, Content-MD5 and the SHA-256
 * that the client signed. Nothing stays at `path` if it throws: S3Error `BadDigest`, `IncompleteBody`,
 * `XAmzContentSHA256Mismatch`, or what `declareBody` and `decodeAwsChunked` throw.
 */
export async function receiveBody(
  request: S3Request,
  path: string,
  fallback: ChecksumAlgorithm,
  flush: boolean,
): Promise<ReceivedBody> {
  const declared = declareBody(request);
  const digests = startDigests(declared, fallback);
  const file = createWriteStream(path, { flush });
  try {
    const trailers = new Map<string, string>();
    // An answer must still go out if the body is refused half-way: the socket must outlive the iteration.
    const raw = request.body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    const bytes = declared.chunked ? decodeAwsChunked(raw, trailers) : raw;
    await pipeline(digested(bytes, digests), file);
    return await verify(declared, trailers, digests);
  } catch (error) {
    // A body may be refused before its file is open: removed before that, it would come into being afterwards.
    if (!file.closed) await new Promise<void>((resolve) => file.destroy().once("close", () => resolve()));
    await rm(path, { force: true });
    throw error;
  }
}

interface Digests {
  bytes: number;
  readonly md5: Hash;
  readonly sha256: Hash | undefined;
  readonly algorithm: ChecksumAlgorithm;
  readonly checksum: RunningChecksum;
}

function startDigests(declared: DeclaredBody, fallback: ChecksumAlgorithm): Digests {
  const algorithm = declared.algorithm ?? fallback;
  return {
    bytes: 0,
    md5: createHash("md5"),
    sha256: declared.sha256 === undefined ? undefined : createHash("sha256"),
    algorithm,
    checksum: startChecksum(algorithm),
  };
}

async function* digested(source: AsyncIterable<Buffer>, digests: Digests): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    digests.bytes += chunk.length;
    digests.md5.update(chunk);
    digests.sha256?.update(chunk);
    digests.checksum.update(chunk);
    yield chunk;
  }
}

async function verify(declared: DeclaredBody, trailers: Map<string, string>, digests: Digests): Promise<ReceivedBody> {
  if (digests.bytes !== declared.bytes) {
    throw new S3Error("IncompleteBody", `The body holds ${digests.bytes} bytes, not the ${declared.bytes} declared.`);
  }
  const md5 = digests.md5.digest();
  if (declared.md5 !== undefined && declared.md5 !== md5.toString("base64")) {
    throw new S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
  if (digests.sha256 !== undefined && digests.sha256.digest("hex") !== declared.sha256) {
    throw new S3Error("XAmzContentSHA256Mismatch", "The x-amz-content-sha256 you specified did not match the body.");
  }
  const value = await digests.checksum.digest();
  const expected = declared.checksum(trailers);
  if (expected !== undefined && expected !== value) {
    throw new S3Error("BadDigest", `The ${digests.algorithm} you specified did not match the calculated checksum.`);
  }
  return { bytes: digests.bytes, md5: md5.toString("hex"), checksum: { algorithm: digests.algorithm, value } };
}
