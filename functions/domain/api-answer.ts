/** An answer of the HTTP API, before it is written. */
export interface ApiAnswer {
  /** HTTP status. */
  readonly status: number;
  /** What the body says, to be written as JSON. Default: no body. */
  readonly content?: object;
  /** Media type of the body. Default `application/json`. */
  readonly contentType?: string;
  /** More headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Name of the problem, for the log. Default: none. */
  readonly error?: string;
  /** Name of the transfer that it is about, for the log. Default: none. */
  readonly execution?: string;
}

/** An answer as API Gateway takes it (payload format 2.0 of HTTP APIs). Nothing here may be kept by a cache on the way. */
export function writeAnswer({ status, content, contentType = "application/json", headers = {} }: ApiAnswer) {
  const common = { "cache-control": "no-store", ...headers };
  if (content === undefined) return { statusCode: status, headers: common };
  return { statusCode: status, headers: { "content-type": contentType, ...common }, body: JSON.stringify(content) };
}

/** Path of a transfer, for `Location`. */
export function pathOf(transfer: string): string {
  return `/transfers/${encodeURIComponent(transfer)}`;
}
