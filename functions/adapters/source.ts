import { isStrongEtag, parseContentRange } from "../domain/content-range.ts";
import { AddressRefused, CopyInterrupted, TransferFailed } from "../domain/errors.ts";
import { isPlausibleType, looksLikeMedia, sniffedBytes } from "../domain/media-type.ts";
import { redact } from "../domain/redaction.ts";
import type { GuardedHttp, GuardedResponse } from "./guarded-http.ts";
import { faultCodeOf, NetworkFault } from "./network-fault.ts";

/** Fresh URLs fetched for one output before its refusal is believed. */
const mostRefreshes = 3;

/** Resumes in a row that bring no byte, before the copy is given up. */
const mostFruitlessResumes = 3;

/** Resumes in all, before the copy is given up to the workflow, which waits before it tries again. */
const mostResumes = 50;

/** Where an output's bytes come from. */
export interface SourceOptions {
  /** The way out. */
  readonly http: GuardedHttp;
  /** What to call the output in errors: its object key, never its URL. */
  readonly label: string;
  /** The download URL, signed. */
  readonly url: string;
  /** Fetches the project again and gives the same output's fresh URL. */
  readonly refreshUrl: () => Promise<string>;
  /** Largest size accepted, in bytes. */
  readonly maxBytes: number;
  /** Ends the request and its body. */
  readonly signal: AbortSignal;
  /** Milliseconds until a download's headers must be there. Default 15,000. */
  readonly headersTimeout?: number;
  /** Milliseconds that may pass between two pieces of its body. Default 30,000. */
  readonly bodyTimeout?: number;
}

/**
 * An output about to be read. Its connection stays open until the chunks end, their reader stops early, or the signal
 * fires; chunks that nobody began to read leave only the signal.
 */
export interface Source {
  /** Announced size in bytes; the chunks hold exactly so many or throw. */
  readonly bytes: number;
  /** Announced media type. */
  readonly contentType: string;
  /** Its ETag, if it is a strong one. */
  readonly etag?: string;
  /** The bytes, in order. Resumes by itself where that is safe. @throws {CopyInterrupted} where it is not. */
  readonly chunks: AsyncGenerator<Uint8Array>;
}

/**
 * Opens a download and accepts it only if it can be verified: 200, an announced length within bounds, no content coding,
 * a type and first bytes that can be media.
 * @throws {TransferFailed} when the source cannot be accepted, now or later
 * @throws {CopyInterrupted} when another attempt may help
 */
export async function openSource(options: SourceOptions): Promise<Source> {
  const fetch = signedFetch(options);
  const response = await fetch({});
  try {
    const { bytes, contentType } = acceptHeaders(response, options);
    const etag = response.header("etag");
    const version = isStrongEtag(etag) && { etag };
    return { bytes, contentType, ...version, chunks: sniffed(readAll(response, bytes, fetch, options), options.label) };
  } catch (error) {
    response.body.destroy();
    throw error;
  }
}

type Fetch = (headers: Readonly<Record<string, string>>) => Promise<GuardedResponse>;

/** Sends GETs of the signed URL (V4 signs the method: no HEAD), with a fresh one when it is refused as expired. */
function signedFetch(options: SourceOptions): Fetch {
  const { http, label, url, refreshUrl, signal, headersTimeout = 15_000, bodyTimeout = 30_000 } = options;
  let current = url;
  let refreshes = 0;
  return async (headers) => {
    for (;;) {
      // No coding is asked for: bytes that were recoded on the way could not be compared with the announced length.
      const request = { headers: { "accept-encoding": "identity", ...headers }, headersTimeout, bodyTimeout, signal };
      const response = await http.request(current, request).catch((error: unknown) => {
        if (error instanceof NetworkFault) throw new CopyInterrupted(`${label}: ${error.message}`);
        if (error instanceof AddressRefused) throw new TransferFailed(`${label}: its download URL: ${error.message}`);
        throw error;
      });
      const { status } = response;
      if (status === 200 || status === 206 || status === 412 || status === 416) return response;
      response.body.destroy();
      const isRefused = status === 400 || status === 401 || status === 403 || status === 404 || status === 410;
      if (!isRefused) throw unexpectedStatus(label, status);
      if (refreshes === mostRefreshes) {
        throw new TransferFailed(`${label}: its download URL answered ${status}, also after ${refreshes} fresh ones`);
      }
      refreshes += 1;
      current = await refreshUrl();
    }
  };
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

function acceptHeaders(response: GuardedResponse, { label, maxBytes }: SourceOptions) {
  if (response.status !== 200) throw new CopyInterrupted(`${label}: ${response.status} to a request for the whole`);
  refuseCoding(response, label);
  const announced = response.header("content-length");
  if (announced === undefined || !/^\d{1,15}$/.test(announced)) {
    throw new TransferFailed(`${label}: its length was not announced, so its completeness could not be verified`);
  }
  const bytes = Number(announced);
  if (bytes === 0) throw new TransferFailed(`${label}: the output is empty (0 bytes)`);
  if (bytes > maxBytes) throw new TransferFailed(`${label}: ${bytes} bytes are more than the configured ${maxBytes}`);
  const contentType = response.header("content-type") ?? "application/octet-stream";
  if (isPlausibleType(contentType)) return { bytes, contentType };
  throw new CopyInterrupted(`${label}: ${JSON.stringify(redact(contentType, 100))} is not a type of audio`);
}

function refuseCoding(response: GuardedResponse, label: string): void {
  const coding = response.header("content-encoding") ?? "identity";
  if (coding.toLowerCase() === "identity") return;
  throw new TransferFailed(
    `${label}: came with Content-Encoding ${JSON.stringify(redact(coding, 40))}, which is not decoded`,
  );
}

/** All bytes in order, over as many connections as it takes. */
async function* readAll(
  first: GuardedResponse,
  bytes: number,
  fetch: Fetch,
  { label, signal }: SourceOptions,
): AsyncGenerator<Uint8Array> {
  const etag = first.header("etag");
  let response = first;
  let received = 0;
  let fruitless = 0;
  for (let resumes = 0; ; resumes += 1) {
    const before = received;
    let fault = "the body ended early";
    try {
      for await (const piece of response.body as AsyncIterable<Buffer>) {
        received += piece.length;
        // Only the rest can be longer: the length of the whole is what was announced.
        if (received > bytes) throw new CopyInterrupted(`${label}: more than the announced ${bytes} bytes came`);
        yield piece;
      }
      if (received === bytes) return;
    } catch (error) {
      if (error instanceof CopyInterrupted) throw error;
      fault = faultCodeOf(error);
    }
    const where = `${label}: broke off at byte ${received} of ${bytes} (${fault})`;
    fruitless = received > before ? 0 : fruitless + 1;
    if (signal.aborted) throw new CopyInterrupted(`${where}: the function's time is up`);
    if (!isStrongEtag(etag)) throw new CopyInterrupted(`${where}: without a strong ETag it starts over`);
    if (resumes === mostResumes) throw new CopyInterrupted(`${where}, after ${resumes} resumes`);
    if (fruitless > mostFruitlessResumes) throw new CopyInterrupted(`${where}, ${fruitless} times in a row`);
    response = await fetch({ range: `bytes=${received}-`, "if-match": etag });
    acceptResume(response, { received, bytes, etag, where });
  }
}

/** Only the exact rest of the same version may be appended; anything else would stitch two versions together. */
function acceptResume(
  response: GuardedResponse,
  { received, bytes, etag, where }: { received: number; bytes: number; etag: string; where: string },
): void {
  const range = parseContentRange(response.header("content-range"));
  const isRest = range?.first === received && range.last === bytes - 1 && range.total === bytes;
  const isSame = response.header("etag") === etag && (response.header("content-encoding") ?? "identity") === "identity";
  if (response.status === 206 && isRest && isSame) return;
  response.body.destroy();
  const answer = response.status === 206 && !isRest ? "206 with another Content-Range" : String(response.status);
  throw new CopyInterrupted(
    `${where}; asked for the rest of the same version, the answer was ${answer}: it starts over`,
  );
}

/** Holds the first bytes back until they have been looked at: nothing of an error page is ever passed on. */
async function* sniffed(chunks: AsyncGenerator<Uint8Array>, label: string): AsyncGenerator<Uint8Array> {
  let head: Buffer | undefined = Buffer.alloc(0);
  const judged = (bytes: Buffer) => {
    if (looksLikeMedia(bytes)) return bytes;
    throw new CopyInterrupted(`${label}: its first bytes are those of a text or an archive, not of audio`);
  };
  for await (const chunk of chunks) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < sniffedBytes) continue;
    yield judged(head);
    head = undefined;
  }
  if (head) yield judged(head);
}
