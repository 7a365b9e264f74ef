import { isStrongEtag } from "../domain/content-range.ts";
import { AddressRefused, CopyInterrupted, TransferFailed } from "../domain/errors.ts";
import { isPlausibleType } from "../domain/media-type.ts";
import { redact } from "../domain/redaction.ts";
import { announcedLength, type ResponseHead } from "../domain/response-head.ts";
import type { BodyConnection } from "./body-connection.ts";
import type { CopyMeter } from "./copy-meter.ts";
import type { DownloadConnections } from "./download-connections.ts";
import { requestTarget } from "./guarded-http.ts";
import { NetworkFault } from "./network-fault.ts";

/** Fresh URLs fetched for one output before its refusal is believed. */
const mostRefreshes = 3;

/** Where an output's bytes come from. */
export interface SourceOptions {
  /** The way out: connections of this run. */
  readonly connections: DownloadConnections;
  /** What to call the output in errors: its object key, never its URL. */
  readonly label: string;
  /** The download URL, signed. */
  readonly url: string;
  /** Fetches the project again and gives the same output's fresh URL. */
  readonly refreshUrl: () => Promise<string>;
  /** Largest size accepted, in bytes. */
  readonly maxBytes: number;
  /** Counts fresh URLs, resumes and bytes. */
  readonly meter: CopyMeter;
  /** Milliseconds until a download's headers must be there. Default 15,000. */
  readonly headersTimeout?: number;
  /** Milliseconds that may pass between two pieces of its body. Default 30,000. */
  readonly bodyTimeout?: number;
}

/** An answer of a download host, whose body is still to be read over its connection. */
export interface SourceAnswer {
  /** Its head: 200, 206, 412 or 416. */
  readonly head: ResponseHead;
  /** Its connection: to be given back to the run's connections or closed. */
  readonly connection: BodyConnection;
}

/** Bounds of one GET. */
export interface FetchBounds {
  /** Milliseconds until its headers must be there. Default as for the source's first. */
  readonly headersTimeout?: number | undefined;
  /** Ends waiting for its headers. */
  readonly signal?: AbortSignal | undefined;
}

/** An output about to be read. */
export interface Source {
  /** Announced size in bytes. */
  readonly bytes: number;
  /** Announced media type. */
  readonly contentType: string;
  /** Its ETag, if it is a strong one: only then can ranges of it be put together. */
  readonly etag?: string;
  /** The answer to the first GET, which asked for the whole; undefined when it was taken before. Its taker ends it. */
  readonly takeFirst: () => SourceAnswer | undefined;
  /** Ends that answer if nobody took it. */
  readonly close: () => void;
  /**
   * Sends another GET, with a fresh URL when it is refused as expired.
   * @throws as {@link openSource}
   */
  readonly fetch: (headers: Readonly<Record<string, string>>, bounds?: FetchBounds) => Promise<SourceAnswer>;
  /** What it was opened with. */
  readonly options: SourceOptions;
}

/**
 * Opens a download and accepts it only if it can be verified: 200, an announced length within bounds, no content coding,
 * a type that can be media.
 * @throws {TransferFailed} when the source cannot be accepted, now or later
 * @throws {CopyInterrupted} when another attempt may help
 */
export async function openSource(options: SourceOptions): Promise<Source> {
  const fetch = signedFetch(options);
  const first = await fetch({});
  try {
    const { bytes, contentType } = acceptHead(first.head, options);
    const etag = first.head.headers.get("etag");
    return { bytes, contentType, ...(isStrongEtag(etag) && { etag }), ...takenOnce(first, options), fetch, options };
  } catch (error) {
    options.connections.give(first.connection);
    throw error;
  }
}

/** An answer that one reader takes: its connection serves another output as soon as it is given back. */
function takenOnce(answer: SourceAnswer, { connections }: SourceOptions): Pick<Source, "takeFirst" | "close"> {
  let left: SourceAnswer | undefined = answer;
  const takeFirst = () => {
    const taken = left;
    left = undefined;
    return taken;
  };
  const close = () => {
    const taken = takeFirst();
    if (taken) connections.give(taken.connection);
  };
  return { takeFirst, close };
}

/** Sends GETs of the signed URL (V4 signs the method: no HEAD), with a fresh one when it is refused as expired. */
function signedFetch(options: SourceOptions): Source["fetch"] {
  const { label, url, refreshUrl, meter } = options;
  let current = url;
  let refreshes = 0;
  // Shared: an expiry meets all connections of a download at once, and is one.
  let refreshing: Promise<string> | undefined;
  return async (headers, { headersTimeout = options.headersTimeout, signal } = {}) => {
    for (;;) {
      const asked = current;
      const answer = await send(asked, headers, { ...options, ...(headersTimeout && { headersTimeout }) }, signal);
      const { status } = answer.head;
      if (status === 200 || status === 206 || status === 412 || status === 416) return answer;
      options.connections.give(answer.connection);
      const isRefused = status === 400 || status === 401 || status === 403 || status === 404 || status === 410;
      if (!isRefused) throw unexpectedStatus(label, status);
      // Another connection of this download was refused before and has brought a fresh one already.
      if (asked !== current) continue;
      if (!refreshing) {
        if (refreshes === mostRefreshes) {
          throw new TransferFailed(`${label}: its download URL answered ${status}, also after ${refreshes} fresh ones`);
        }
        refreshes += 1;
        meter.refreshed();
        refreshing = refreshUrl().finally(() => {
          refreshing = undefined;
        });
      }
      current = await refreshing;
    }
  };
}

/** One GET, over a kept connection where there is one: if that one is dead by now, over a new one. */
async function send(
  url: string,
  headers: Readonly<Record<string, string>>,
  { connections, label, headersTimeout = 15_000 }: SourceOptions,
  signal?: AbortSignal,
): Promise<SourceAnswer> {
  for (;;) {
    let taken: Awaited<ReturnType<DownloadConnections["take"]>> | undefined;
    const onAbort = () => taken?.connection.close();
    try {
      taken = await connections.take(url);
      signal?.addEventListener("abort", onAbort, { once: true });
      if (signal?.aborted) onAbort();
      const { connection } = taken;
      // No coding is asked for: bytes that were recoded on the way could not be compared with the announced length.
      const request = { target: requestTarget(url), headers: { "accept-encoding": "identity", ...headers } };
      return { head: await connection.get({ ...request, headersTimeout }), connection };
    } catch (error) {
      if (taken) connections.give(taken.connection);
      if (error instanceof NetworkFault) {
        if (taken?.isKept && !signal?.aborted) continue;
        throw new CopyInterrupted(`${label}: ${error.message}`);
      }
      if (error instanceof AddressRefused) throw new TransferFailed(`${label}: its download URL: ${error.message}`);
      throw error;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }
}

function unexpectedStatus(label: string, status: number): Error {
  if (status >= 300 && status < 400) {
    return new TransferFailed(`${label}: its download URL answered with a redirect (${status}), which is not followed`);
  }
  const message = `${label}: its download URL answered ${status}`;
  return status >= 500 || status === 408 || status === 425 || status === 429 || status < 300
    ? new CopyInterrupted(message)
    : new TransferFailed(message);
}

function acceptHead(head: ResponseHead, { label, maxBytes }: SourceOptions) {
  if (head.status !== 200) throw new CopyInterrupted(`${label}: ${head.status} to a request for the whole`);
  refuseCoding(head, label);
  const bytes = announcedLength(head);
  if (bytes === undefined) {
    throw new TransferFailed(`${label}: its length was not announced, so its completeness could not be verified`);
  }
  if (bytes === 0) throw new TransferFailed(`${label}: the output is empty (0 bytes)`);
  if (bytes > maxBytes) throw new TransferFailed(`${label}: ${bytes} bytes are more than the configured ${maxBytes}`);
  const contentType = head.headers.get("content-type") ?? "application/octet-stream";
  if (isPlausibleType(contentType)) return { bytes, contentType };
  throw new CopyInterrupted(`${label}: ${JSON.stringify(redact(contentType, 100))} is not a type of audio`);
}

function refuseCoding(head: ResponseHead, label: string): void {
  const coding = head.headers.get("content-encoding") ?? "identity";
  if (coding.toLowerCase() === "identity") return;
  throw new TransferFailed(
    `${label}: came with Content-Encoding ${JSON.stringify(redact(coding, 40))}, which is not decoded`,
  );
}
