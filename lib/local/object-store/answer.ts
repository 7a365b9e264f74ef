import type { Readable } from "node:stream";
import type { S3Error } from "./s3-error.ts";
import { element, textElement, xmlDocument } from "./xml.ts";

/** What an operation answers; the server adds the request id, and leaves the body of a HEAD out. */
export interface Answer {
  /** HTTP status. */
  readonly status: number;
  /** Response headers, names in lower case; undefined ones are left out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** A whole text, or a stream that is read once and destroyed if the client goes away. */
  readonly body?: string | Readable;
}

/** A 200 with an XML document. */
export function xmlAnswer(root: string, children: readonly string[], headers: Answer["headers"] = {}): Answer {
  return {
    status: 200,
    headers: { "content-type": "application/xml", ...headers },
    body: xmlDocument(root, ...children),
  };
}

/** The answer to a refused request; `resource` is the path it was about. */
export function errorAnswer(
  error: Pick<S3Error, "status" | "code" | "message"> | FaultAnswer,
  resource: string,
): Answer {
  const body = element(
    "Error",
    textElement("Code", error.code),
    textElement("Message", error.message),
    textElement("Resource", resource),
  );
  // S3 answers errors without a namespace.
  return {
    status: error.status,
    headers: { "content-type": "application/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}

/** An error that a test makes the store give, with a code and a status of the test's choice. */
export interface FaultAnswer {
  /** HTTP status; 200 gives the embedded error that CompleteMultipartUpload is known for. */
  readonly status: number;
  /** What stands in `<Code>`, for example `SlowDown`. */
  readonly code: string;
  /** What stands in `<Message>`. */
  readonly message: string;
}
