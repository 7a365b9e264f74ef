import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import type { Socket } from "node:net";

/** A request to be sent over a socket. */
export interface ExchangeRequest {
  /** HTTP method. */
  readonly method: string;
  /** Path and query, byte for byte as they go on the request line. */
  readonly path: string;
  /** Host and port for the `host` header. */
  readonly host: string;
  /** Further request headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** Request body, sent as UTF-8 with its length. Default none. */
  readonly body?: string | undefined;
  /** Ends the exchange, the response's body too. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the response's headers must be there. */
  readonly headersTimeout: number;
  /** Milliseconds that may pass between two pieces of the response's body. */
  readonly bodyTimeout: number;
}

/** What an exchange ends with that took too long, or was closed without a response. */
class ExchangeFault extends Error {
  override readonly name = "ExchangeFault";
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/**
 * One request and its response over a socket that stands, which is closed afterwards: Lambda freezes between calls, and a
 * connection kept over that is found dead by the next request, which would then count as a failed poll.
 * @returns the response; its body is still to be read, and throws what ended it
 * @throws whatever ended the exchange before the response's headers were there, the signal's reason among it
 */
export function exchange(socket: Socket, asked: ExchangeRequest): Promise<IncomingMessage> {
  const { method, path, host, body, signal, headersTimeout, bodyTimeout } = asked;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = {
    host,
    ...asked.headers,
    ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }),
    connection: "close",
  };
  const sent = requestOver(socket, { setHost: false, method, path, headers });
  let end = (reason: Error) => void sent.destroy(reason);
  const onAbort = () => end(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(() => end(new ExchangeFault("HEADERS_TIMEOUT")), headersTimeout);
  sent.on("error", reject);
  sent.on("close", () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    // An answer that asks for an upgrade is closed without an error.
    reject(new ExchangeFault("ECONNRESET"));
  });
  sent.on("response", (response) => {
    clearTimeout(timer);
    end = (reason) => void response.destroy(reason);
    socket.setTimeout(bodyTimeout, () => end(new ExchangeFault("BODY_TIMEOUT")));
    // A reader gets the error, too; without a reader it would end the process.
    response.on("error", () => undefined);
    resolve(response);
  });
  sent.end(body);
  if (signal?.aborted) onAbort();
  return promise;
}

/** A request that takes the socket with it, also when it cannot be made (a header that is none). */
function requestOver(socket: Socket, options: RequestOptions): ClientRequest {
  try {
    return httpRequest({ ...options, createConnection: () => socket });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
