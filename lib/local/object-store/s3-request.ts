import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { S3Error } from "./s3-error.ts";

/** One request as S3 sees it: path-style addressing, percent-encoding resolved, nothing else changed. */
export interface S3Request {
  /** HTTP method in capitals. */
  readonly method: string;
  /** Bucket name; empty for the service itself (ListBuckets). */
  readonly bucket: string;
  /** Object key; empty for a request about a bucket. */
  readonly key: string;
  /** Query parameters, decoded. */
  readonly query: URLSearchParams;
  /** Headers, names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** A name for this request alone, which its answer carries as `x-amz-request-id`. */
  readonly requestId: string;
  /** The client's IP address. */
  readonly sourceAddress: string;
  /** The body as it came; not yet read. */
  readonly body: Readable;
}

/**
 * Reads the request line. The path is split by hand, because a URL parser would resolve `..` and so hide a key
 * that must be refused. Throws S3Error `InvalidURI` when the percent-encoding is broken.
 */
export function readRequest(incoming: IncomingMessage, requestId: string): S3Request {
  const target = incoming.url ?? "/";
  const queryStart = target.indexOf("?");
  const path = queryStart < 0 ? target : target.slice(0, queryStart);
  const keyStart = path.indexOf("/", 1);
  return {
    method: incoming.method ?? "GET",
    bucket: decode(keyStart < 0 ? path.slice(1) : path.slice(1, keyStart)),
    key: keyStart < 0 ? "" : decode(path.slice(keyStart + 1)),
    query: new URLSearchParams(queryStart < 0 ? "" : target.slice(queryStart + 1)),
    headers: incoming.headers,
    requestId,
    sourceAddress: incoming.socket.remoteAddress ?? "",
    body: incoming,
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new S3Error("InvalidURI", "The path is not valid percent-encoded UTF-8.");
  }
}

/** A request header as one string; undefined when it was not sent. */
export function header(request: Pick<S3Request, "headers">, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/**
 * A query parameter that is a whole number, or the fallback when it was not sent.
 * Throws S3Error `InvalidArgument` outside `minimum` to 2,147,483,647, the largest that S3 reads.
 */
export function wholeNumber(query: URLSearchParams, name: string, fallback: number, minimum = 0): number {
  const text = query.get(name);
  if (text === null || text === "") return fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= minimum && value <= 2_147_483_647) return value;
  throw new S3Error("InvalidArgument", `${name} must be a whole number from ${minimum} to 2147483647, not "${text}".`);
}

/** The longest XML body: 10,000 parts of about 250 bytes are 2.5 MB, so 4 MiB leave room. */
const LONGEST_XML = 4 * 1024 * 1024;

/** The whole body as text. Throws S3Error `MalformedXML` above 4 MiB. */
export async function readXml(request: S3Request): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LONGEST_XML) throw new S3Error("MalformedXML", `The XML is longer than ${LONGEST_XML} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
