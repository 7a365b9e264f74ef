/** The head of an HTTP/1.1 response: status and headers. */
export interface ResponseHead {
  /** HTTP status. */
  readonly status: number;
  /** Whether the connection may carry another request afterwards. */
  readonly keepsAlive: boolean;
  /** Headers, names in lower case; several of one name are joined by ", ". */
  readonly headers: ReadonlyMap<string, string>;
}

/** Most bytes of a head that are waited for: 16 KiB, as Node's own HTTP parser does (`--max-http-header-size`). */
export const longestHead = 16 * 1_024;

/** A field line: a token, a colon, a value without control characters (RFC 9110, section 5). A folded line is none. */
const fieldLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)$/;

/** A value and the blanks around it. Apart from the line's, because both in one would try 16 KiB of blanks in all ways. */
const fieldValue = /^[ \t]*(.*[^ \t])?[ \t]*$/;

/**
 * Reads a head, given without the blank line that ends it. Undefined for anything that is not HTTP/1.x to the letter: bytes
 * whose framing is in doubt must not be taken for an output.
 * @param text one character a byte (latin1)
 */
export function parseResponseHead(text: string): ResponseHead | undefined {
  const [first = "", ...lines] = text.split("\r\n");
  const statusLine = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/.exec(first);
  if (!statusLine) return undefined;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name = "", padded = ""] = fieldLine.exec(line) ?? [];
    if (!name) return undefined;
    const [, value = ""] = fieldValue.exec(padded) ?? [];
    const key = name.toLowerCase();
    const earlier = headers.get(key);
    headers.set(key, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  const connection = headers.get("connection")?.toLowerCase() ?? "";
  return { status: Number(statusLine[2]), headers, keepsAlive: statusLine[1] === "1" && !/\bclose\b/.test(connection) };
}

/**
 * The announced length of a body in bytes; undefined where none can be relied on: no Content-Length, several, one that is
 * no number, or a transfer coding besides (RFC 9112, section 6.3).
 */
export function announcedLength({ headers }: ResponseHead): number | undefined {
  const length = headers.get("content-length") ?? "";
  return headers.has("transfer-encoding") || !/^\d{1,15}$/.test(length) ? undefined : Number(length);
}
