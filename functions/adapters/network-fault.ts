/**
 * A request that got no answer, or whose body broke off: DNS, refused or reset connections, time-outs. Its message holds
 * a code and a host at most, never a path or a query.
 */
export class NetworkFault extends Error {
  override readonly name = "NetworkFault";
  /** A code of Node, of undici's connector or of our own, such as ECONNRESET, UND_ERR_CONNECT_TIMEOUT or HEADERS_TIMEOUT. */
  readonly code: string;

  constructor(code: string, host: string) {
    super(`${code} at ${host}`);
    this.code = code;
  }
}

/** The code of whatever a connector, a socket, a parser or an abort signal threw. */
export function faultCodeOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string") return at.code;
    if (at.name === "TimeoutError" || at.name === "AbortError") return at.name;
  }
  return error instanceof Error ? error.name : "unknown fault";
}
