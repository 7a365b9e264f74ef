import type { IncomingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { AddressRefused } from "../domain/errors.ts";
import { guardedConnector, type OnRead, type Resolver } from "./address-guard.ts";
import { type BodyConnection, openBodyConnection } from "./body-connection.ts";
import { exchange } from "./http-exchange.ts";
import { faultCodeOf, NetworkFault } from "./network-fault.ts";

/** A request through the guarded adapter. */
export interface GuardedRequest {
  /** HTTP method. Default GET. */
  readonly method?: "GET" | "DELETE" | "POST";
  /** Request headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Request body, sent as UTF-8 with its length. Default none. */
  readonly body?: string;
  /** Ends the request and its body. */
  readonly signal?: AbortSignal;
  /** Milliseconds until the response's headers must be there. Default 10,000. */
  readonly headersTimeout?: number;
  /** Milliseconds that may pass between two pieces of the body. Default 10,000. */
  readonly bodyTimeout?: number;
}

/** A response whose body is still to be read: read it to its end or destroy it. */
export interface GuardedResponse {
  /** HTTP status. */
  readonly status: number;
  /** A header's value; several are joined by ", ". */
  header(name: string): string | undefined;
  /** The body as it arrives. Throws {@link NetworkFault} when it breaks off. */
  readonly body: Readable;
}

/** The one way out: every request to the vendor, a download host or a webhook endpoint. */
export interface GuardedHttp {
  /**
   * Sends a request. Redirects are answers, not followed.
   * @throws {AddressRefused} before anything is sent, when the URL or its address is not allowed
   * @throws {NetworkFault} when no answer came
   */
  request(url: string, request?: GuardedRequest): Promise<GuardedResponse>;
  /**
   * Opens a connection to the URL's host for GETs with large bodies, under the same rules.
   * @param signal ends the connection, at once when it stands
   * @throws {AddressRefused} before anything is sent, when the URL or its address is not allowed
   * @throws {NetworkFault} when no connection came about
   */
  connect(url: string, signal: AbortSignal): Promise<BodyConnection>;
  /** Closes all connections; no other is opened. */
  close(): Promise<void>;
}

/** Options of {@link createGuardedHttp}. */
export interface GuardedHttpOptions {
  /** Origins (`http://127.0.0.1:4010`), comma-separated, free of the rules. Default none; only the embedded cloud has any. */
  readonly exceptions?: string | undefined;
  /** Milliseconds until a connection (DNS, TCP and TLS) must stand. Default 5,000. */
  readonly connectTimeout?: number;
  /** For tests. */
  readonly resolve?: Resolver;
}

/** Requests go to https only, to public addresses only, without userinfo, with bounded time, and follow no redirect. */
export function createGuardedHttp(options: GuardedHttpOptions = {}): GuardedHttp {
  const { exceptions = "", resolve, connectTimeout } = options;
  const free = new Set(
    exceptions
      .split(",")
      .filter(Boolean)
      .map((origin) => new URL(origin).origin),
  );
  const sockets = new Set<Socket>();
  const closed = new AbortController();
  /** A socket to the URL's host. One that comes only after the signal is closed. */
  const openSocket = async ({ protocol, hostname, port, host }: URL, given?: AbortSignal, onread?: OnRead) => {
    const signal = AbortSignal.any([closed.signal, ...(given ? [given] : [])]);
    const { promise, resolve: connected, reject } = Promise.withResolvers<Socket>();
    const connect = guardedConnector(free, resolve, connectTimeout, onread);
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    else {
      connect({ protocol, host, hostname: hostname.replace(/^\[|\]$/g, ""), port }, (error, socket) => {
        if (error) return reject(error);
        sockets.add(socket.once("close", () => sockets.delete(socket)));
        if (signal.aborted) return socket.destroy();
        connected(socket);
      });
    }
    return promise.finally(() => signal.removeEventListener("abort", onAbort));
  };
  /** A fault of the network, and what was refused before it, are errors of this adapter's. */
  const named = (error: unknown, { host }: URL): Error =>
    error instanceof AddressRefused ? error : new NetworkFault(faultCodeOf(error), host);
  return {
    async request(text, { method = "GET", headers = {}, body, signal, ...bounds } = {}) {
      const { headersTimeout = 10_000, bodyTimeout = 10_000 } = bounds;
      const url = checkedUrl(text, free);
      const asked = { method, headers, body, signal, headersTimeout, bodyTimeout };
      try {
        const socket = await openSocket(url, signal);
        const answer = await exchange(socket, { ...asked, path: requestTarget(text, url), host: url.host });
        return { status: answer.statusCode ?? 0, header: (name) => headerOf(answer.headers, name), body: answer };
      } catch (error) {
        throw named(error, url);
      }
    },
    async connect(text, signal) {
      const url = checkedUrl(text, free);
      try {
        return await openBodyConnection((onread) => openSocket(url, signal, onread), url.host, signal);
      } catch (error) {
        throw named(error, url);
      }
    },
    async close() {
      closed.abort();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function checkedUrl(text: string, free: ReadonlySet<string>): URL {
  if (!URL.canParse(text)) throw new AddressRefused("not a URL");
  const url = new URL(text);
  if (url.username || url.password) throw new AddressRefused(`a URL of ${url.host} carries user information`);
  if (url.protocol !== "https:" && !free.has(url.origin)) {
    throw new AddressRefused(`a URL of ${url.host} is ${url.protocol.slice(0, -1)}, not https`);
  }
  return url;
}

/**
 * Path and query byte for byte as given, because a signature covers them: `new URL` would re-encode some characters. A
 * text with anything that a URL parser drops or moves (blanks, controls, backslashes) is taken in the parser's reading.
 */
export function requestTarget(text: string, url = new URL(text)): string {
  const match = /^https?:\/\/[^/?#\\]+(\/[\x21-\x5b\x5d-\x7e]*)$/i.exec(text);
  const [target = ""] = match?.[1]?.split("#") ?? [];
  return target || `${url.pathname}${url.search}`;
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(", ") : value;
}

/**
 * Reads a body as text, to its end or to a bound.
 * @param mostBytes a longer body is cut there and its connection closed
 * @throws {NetworkFault} when the body breaks off
 */
export async function readText(response: GuardedResponse, mostBytes: number): Promise<string> {
  const { text, fault } = await readStart(response, mostBytes);
  if (fault) throw fault;
  return text;
}

/**
 * Reads the start of a body as text: as {@link readText}, but what came of a body that breaks off is kept.
 * @param mostBytes no more is waited for once so many came
 */
export async function readStart(
  response: GuardedResponse,
  mostBytes: number,
): Promise<{ readonly text: string; readonly fault?: NetworkFault }> {
  const pieces: Buffer[] = [];
  const text = () => Buffer.concat(pieces).subarray(0, mostBytes).toString("utf8");
  let bytes = 0;
  try {
    for await (const piece of response.body as AsyncIterable<Buffer>) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= mostBytes) break;
    }
    return { text: text() };
  } catch (error) {
    return { text: text(), fault: new NetworkFault(faultCodeOf(error), "response body") };
  }
}
