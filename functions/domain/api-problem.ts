import { type ApiAnswer, pathOf } from "./api-answer.ts";
import { BodyTooLarge, Conflict, NotFound, UnsupportedMediaType, VendorRefused } from "./api-errors.ts";
import {
  InvalidInput,
  StoreUnavailable,
  TransferFailed,
  Unauthorized,
  VendorUnavailable,
  WorkflowsUnavailable,
} from "./errors.ts";
import { redact } from "./redaction.ts";

/** Seconds after which a caller may try again what is unavailable, unless the vendor named its own. */
export const retryAfterSeconds = 10;

/** Most seconds that a caller is told to wait, whatever the vendor says: five minutes. */
export const longestRetryAfterSeconds = 300;

/** How much of an error's message is shown, in characters: it may name ten problems of an input, each with its bound. */
const longestDetail = 2_000;

/** What a status is called (RFC 9110, section 15). */
const titles = {
  400: "Bad Request",
  404: "Not Found",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
} as const;

/** The errors that a caller is told of, each with its status. Everything else is nobody's business but the log's. */
const statuses: readonly [new (text: string) => Error, keyof typeof titles][] = [
  [InvalidInput, 400],
  [NotFound, 404],
  [Conflict, 409],
  // A deletion that is refused: what stands in S3, or at the vendor, is in its way.
  [TransferFailed, 409],
  [BodyTooLarge, 413],
  [UnsupportedMediaType, 415],
  // Not 401: that would say that the caller's own credentials are wrong.
  [Unauthorized, 502],
  [VendorRefused, 502],
  [VendorUnavailable, 503],
  [StoreUnavailable, 503],
  [WorkflowsUnavailable, 503],
];

/** What an unexpected error is called in an answer. */
export const unexpectedError = "InternalError";

/** Problem details (RFC 9457), with the literal name of the error. */
export interface Problem {
  /** No page describes the problem: the title says all that the type would. */
  readonly type: "about:blank";
  /** What the status is called. */
  readonly title: string;
  /** HTTP status. */
  readonly status: number;
  /** A sentence for a person; it names the field and the bound of what is wrong. */
  readonly detail: string;
  /** Literal name of the error. */
  readonly error: string;
  /** Name of the first transfer; of a conflict only. */
  readonly transfer?: string;
}

/**
 * The answer to a request that failed, a total function. Of an error that nobody expected it says nothing: the handler
 * logs it.
 * @param retryAfter seconds that the vendor asked for; default 10, at most 300. It counts for what is unavailable only
 */
export function problemAnswer(error: unknown, retryAfter = retryAfterSeconds): ApiAnswer {
  const expected = statuses.find(([kind]) => error instanceof kind);
  const { name, message } = expected && error instanceof Error ? error : unexpected;
  const status = expected?.[1] ?? 500;
  const first = error instanceof Conflict ? error.transfer : undefined;
  const seconds = Math.min(Math.max(1, Math.ceil(retryAfter)), longestRetryAfterSeconds);
  const problem = { status, title: titles[status], detail: redact(message, longestDetail), error: name };
  const headers = {
    ...(status === 503 && { "retry-after": String(seconds) }),
    ...(first !== undefined && { location: pathOf(first) }),
  };
  return first === undefined
    ? writeProblem(problem, headers)
    : { ...writeProblem({ ...problem, transfer: first }, headers), execution: first };
}

/** The answer that problem details are. */
export function writeProblem(problem: Omit<Problem, "type">, headers: Readonly<Record<string, string>>): ApiAnswer {
  const { status, error } = problem;
  const content: Problem = { type: "about:blank", ...problem };
  return { status, content, contentType: "application/problem+json", headers, error };
}

const unexpected = { name: unexpectedError, message: "something failed that should not have: the log has its name" };
