/** Error bodies of the vendor's API: `{code, message}`. */
import type { FastifyReply } from "fastify";

/** The vendor's error codes, with their statuses; that of 429 is made up, because the vendor documents the status alone. */
const statuses = {
  invalid_request: 400,
  unauthorized: 401,
  not_found: 404,
  too_many_requests: 429,
  internal_server_error: 500,
} as const;

/** The vendor's own texts, from the message enums of `magic-hour` 0.43.1. */
const messages = {
  invalid_request: "Invalid request",
  unauthorized: "Unauthorized",
  not_found: "Not Found",
  too_many_requests: "Too Many Requests",
  internal_server_error: "Internal Server Error",
} as const;

/** What an error answer may say beyond its code. */
interface ApiErrorDetail {
  /** Default: the status that belongs to the code. */
  readonly status?: number;
  /** Default: the vendor's text for the code. */
  readonly message?: string;
}

/** Answers with one of the vendor's errors. */
export function sendApiError(reply: FastifyReply, code: keyof typeof statuses, detail: ApiErrorDetail = {}) {
  return reply.code(detail.status ?? statuses[code]).send({ code, message: detail.message ?? messages[code] });
}
