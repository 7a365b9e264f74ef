import { BodyTooLarge, UnsupportedMediaType } from "./api-errors.ts";
import { InvalidInput } from "./errors.ts";

/** Largest body, in bytes: an execution's input may have so many (Step Functions quotas). */
export const largestBodyBytes = 262_144;

/** A request's body, as API Gateway hands it on. */
export interface RequestBody {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Text, or Base64. */
  readonly body?: string;
  /** API Gateway encodes what its content type does not call text. */
  readonly isBase64Encoded: boolean;
}

/** A body's bytes as they came. @throws {BodyTooLarge} above 262,144 bytes */
export function readBodyBytes({ body = "", isBase64Encoded }: Omit<RequestBody, "headers">): Buffer {
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  if (bytes.length <= largestBodyBytes) return bytes;
  throw new BodyTooLarge(`the body must be at most ${largestBodyBytes} bytes`);
}

/** `application/json`, or a type whose suffix says JSON (RFC 6839), with any parameters. */
const jsonType = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/**
 * Reads a body as JSON. Without a content type it is taken for JSON.
 * @throws {UnsupportedMediaType} when the content type says otherwise
 * @throws {BodyTooLarge} above 262,144 bytes
 * @throws {InvalidInput} when it is no JSON in UTF-8; the message quotes nothing of it
 */
export function readJsonBody({ headers, body = "", isBase64Encoded }: RequestBody): unknown {
  const type = headers["content-type"];
  if (type && !jsonType.test(type.trim())) throw new UnsupportedMediaType("Content-Type: must be application/json");
  const text = utf8(readBodyBytes({ body, isBase64Encoded }));
  if (text === "") throw new InvalidInput('the body is empty: it must be the input, such as {"id": "<project id>"}');
  try {
    return JSON.parse(text);
  } catch {
    // JSON.parse's own message would quote the body, which may hold a secret.
    throw new InvalidInput("the body is not JSON");
  }
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidInput("the body is not UTF-8");
  }
}
