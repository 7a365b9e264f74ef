import type { ChecksumAlgorithm } from "./checksums.ts";
import { algorithmOfHeader, checkChecksumValue, checksumHeader } from "./checksums.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";
import { header } from "./s3-request.ts";

/** The largest body of one PutObject or UploadPart: 5 GiB, as S3 has it. */
const LARGEST_BODY = 5 * 1024 ** 3;

/** What the headers of a PutObject or UploadPart say about the body that follows. */
export interface DeclaredBody {
  /** Size in bytes, without framing. */
  readonly bytes: number;
  /** Whether the body is framed as `aws-chunked`. */
  readonly chunked: boolean;
  /** Content-MD5 in base64. */
  readonly md5: string | undefined;
  /** The SHA-256 that the client signed, in hex; undefined for an unsigned or streamed payload. */
  readonly sha256: string | undefined;
  /** The algorithm of the checksum that is in a header or will be in a trailer. */
  readonly algorithm: ChecksumAlgorithm | undefined;
  /** The checksum declared, once the trailers are read. Throws S3Error if an announced trailer did not come. */
  checksum(trailers: ReadonlyMap<string, string>): string | undefined;
}

/**
 * Reads what a request declares about its body. Throws S3Error: `MissingContentLength`, `EntityTooLarge` above 5 GiB,
 * `InvalidDigest` for a Content-MD5 that is none, `InvalidRequest` for a checksum that is none or for two of them,
 * `NotImplemented` for an unknown algorithm or an unframed body of unknown length (S3 takes none either).
 */
export function declareBody(request: S3Request): DeclaredBody {
  const chunked = (header(request, "content-encoding") ?? "").includes("aws-chunked");
  return {
    bytes: declaredBytes(request, chunked),
    chunked,
    md5: contentMd5(request),
    sha256: /^[0-9a-f]{64}$/.exec(header(request, "x-amz-content-sha256") ?? "")?.[0],
    ...declaredChecksum(request),
  };
}

function declaredBytes(request: S3Request, chunked: boolean): number {
  if (!chunked && header(request, "transfer-encoding") !== undefined) {
    throw new S3Error("NotImplemented", "Transfer-Encoding needs the aws-chunked content encoding.");
  }
  const text = header(request, chunked ? "x-amz-decoded-content-length" : "content-length");
  if (text === undefined || !/^\d+$/.test(text)) {
    throw new S3Error("MissingContentLength", "You must provide the length of the body in bytes.");
  }
  if (Number(text) > LARGEST_BODY) throw new S3Error("EntityTooLarge", `A body may hold ${LARGEST_BODY} bytes.`);
  return Number(text);
}

function contentMd5(request: S3Request): string | undefined {
  const md5 = header(request, "content-md5");
  if (md5 !== undefined && Buffer.from(md5, "base64").length !== 16) {
    throw new S3Error("InvalidDigest", "The Content-MD5 you specified is not valid.");
  }
  return md5;
}

/** The checksum value in the headers of a request, undefined when there is none. Throws as `declareBody`. */
export function checksumInHeaders(
  request: S3Request,
): { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined {
  const found = Object.keys(request.headers).flatMap((name) => {
    const algorithm = algorithmOfHeader(name);
    return algorithm === undefined ? [] : [{ algorithm, value: header(request, name) ?? "" }];
  });
  if (found.length > 1) throw new S3Error("InvalidRequest", "Expecting a single x-amz-checksum- header.");
  for (const { algorithm, value } of found) checkChecksumValue(algorithm, value);
  return found[0];
}

function declaredChecksum(request: S3Request): Pick<DeclaredBody, "algorithm" | "checksum"> {
  const inHeader = checksumInHeaders(request);
  const inTrailer = algorithmOfHeader((header(request, "x-amz-trailer") ?? "").trim().toLowerCase());
  if (inHeader !== undefined && inTrailer !== undefined) {
    throw new S3Error("InvalidRequest", "A checksum must be in a header or in a trailer, not in both.");
  }
  if (inTrailer === undefined) return { algorithm: inHeader?.algorithm, checksum: () => inHeader?.value };
  return { algorithm: inTrailer, checksum: (trailers) => trailerValue(trailers, inTrailer) };
}

function trailerValue(trailers: ReadonlyMap<string, string>, algorithm: ChecksumAlgorithm): string {
  const value = trailers.get(checksumHeader(algorithm));
  if (value === undefined) throw new S3Error("MalformedTrailerError", "The trailer that was announced did not come.");
  checkChecksumValue(algorithm, value);
  return value;
}
