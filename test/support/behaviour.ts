/** How a misbehaving origin deviates from an honest answer: plain records, so that `{ ...chunked, ...resetAt(9) }` is one too. */

/** What an origin serves. */
export interface OriginContent {
  /** The bytes. */
  readonly body: Uint8Array;
  /** Media type; null sends none. Default `audio/wav`. */
  readonly contentType?: string | null;
  /** Entity tag with its quotes; null sends none. Default a strong one, made from the bytes. */
  readonly etag?: string | null;
}

/**
 * Deviations from the honest answer; nothing given is honest: 200, or 206 to a Range, 412 to an `If-Match` with another
 * tag, 416 to a Range past the end, 403 to anything but GET, with a true Content-Length.
 */
export interface Behaviour {
  /** Serves this in place of what the origin was started with; what is left out stays as it is. */
  readonly content?: Partial<OriginContent>;
  /** Answers with this status and an error page in XML, as Google Cloud Storage does. */
  readonly status?: number;
  /** Sets headers of the answer, names in lower case; null takes one away. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Request headers that are not looked at. */
  readonly ignores?: readonly ("range" | "if-match")[];
  /** Total in the Content-Range of a 206, in bytes. Default the true one. */
  readonly total?: number;
  /** Codes the body. Default not coded. */
  readonly coding?: "gzip";
  /** What marks the end of the body: Content-Length, chunks, or the end of the connection. Default `length`. */
  readonly framing?: "length" | "chunked" | "close";
  /** Bytes sent after those that were announced. Default 0. */
  readonly surplus?: number;
  /** Sends the body in pieces of so many bytes with so many milliseconds in between. */
  readonly drip?: { readonly bytes: number; readonly milliseconds: number };
  /**
   * Stops after so many bytes of this answer's body, or before its headers: the connection is closed in order, reset, or
   * left open in silence. A client that takes longer than 20 ms to read may see fewer bytes before a reset.
   */
  readonly stop?: { readonly at: number | "before headers"; readonly by: "close" | "reset" | "stall" };
}

/** As a good server does. */
export const honest: Behaviour = {};

/** Announces all, sends so many bytes and closes the connection in order. */
export const cutAt = (bytes: number): Behaviour => ({ stop: { at: bytes, by: "close" } });

/** Announces all, sends so many bytes and resets the connection (RST). */
export const resetAt = (bytes: number): Behaviour => ({ stop: { at: bytes, by: "reset" } });

/** Announces all, sends so many bytes and then nothing, until the client gives up or the origin is closed. */
export const stallAt = (bytes: number): Behaviour => ({ stop: { at: bytes, by: "stall" } });

/** Takes the request and never answers. */
export const stallBeforeHeaders: Behaviour = { stop: { at: "before headers", by: "stall" } };

/** Takes the request and resets the connection. */
export const resetBeforeHeaders: Behaviour = { stop: { at: "before headers", by: "reset" } };

/** No length is announced: the body ends with the connection. */
export const closeDelimited: Behaviour = { framing: "close" };

/** No length is announced: the body comes in chunks. */
export const chunked: Behaviour = { framing: "chunked" };

/** A 206 with this text as its Content-Range; a 200 gets it too. */
export const contentRange = (text: string): Behaviour => ({ headers: { "content-range": text } });

/** A 206 whose Content-Range tells of another size of the whole, in bytes. */
export const changedTotal = (bytes: number): Behaviour => ({ total: bytes });

/** Other content under the same URL, served even where `If-Match` asks for the old one. */
export const changedTo = (content: Partial<OriginContent>): Behaviour => ({ content, ignores: ["if-match"] });

/** Answers with a status and an error page in XML. */
export const status = (code: number): Behaviour => ({ status: code });

/** 412, as to an `If-Match` that no longer holds. */
export const preconditionFailed: Behaviour = status(412);

/** 200 and the whole body, also to a Range. */
export const ignoringRange: Behaviour = { ignores: ["range", "if-match"] };

/** The body in gzip, and a Content-Encoding that says so. */
export const gzipped: Behaviour = { coding: "gzip" };

/** 200 with an error page in HTML, under the type it has or under one that hides it. */
export const htmlPage = (contentType = "text/html; charset=utf-8"): Behaviour => ({
  content: {
    body: Buffer.from("<!doctype html><title>Sorry</title><p>This link has expired.\n"),
    contentType,
    etag: null,
  },
});

/** A redirect to another URL. */
export const redirect = (url: string, code = 302): Behaviour => ({ status: code, headers: { location: url } });

/** The body drop by drop. */
export const drip = (bytes: number, milliseconds: number): Behaviour => ({ drip: { bytes, milliseconds } });

/** 200 with a body of no bytes. */
export const empty: Behaviour = { content: { body: new Uint8Array() } };

/** So many bytes more than Content-Length says. */
export const longerThanAnnounced = (bytes: number): Behaviour => ({ surplus: bytes });
