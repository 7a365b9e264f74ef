import type { ApiAnswer } from "./api-answer.ts";
import { problemAnswer, retryAfterSeconds, unexpectedError, writeProblem } from "./api-problem.ts";
import { WorkflowsUnavailable } from "./errors.ts";
import { SignatureRefused, WebhookNotTaken } from "./vendor-webhook-errors.ts";

/** A webhook that is refused: what its sender is told, and what the log is. */
export interface Refusal {
  readonly answer: ApiAnswer;
  /** Without anything of the webhook itself. */
  readonly reason: string;
}

/**
 * The refusal of a webhook, a total function. The vendor sends it again for 24 h, whatever the answer. Of what is wrong
 * with a signature, or on this side, the answer says nothing: the log does.
 */
export function refusalOf(error: unknown): Refusal {
  const answer = answerTo(error);
  const { name, message } = error instanceof Error ? error : new Error();
  // The message of an error that nobody expected may quote what it stumbled over.
  return { answer, reason: answer.error === unexpectedError ? name : message };
}

function answerTo(error: unknown): ApiAnswer {
  if (error instanceof SignatureRefused) {
    const detail = "the signature or its timestamp is missing, is wrong, or is more than 300 s from now";
    // RFC 9110, section 15.5.2: a 401 names a scheme. This one is the vendor's own.
    return writeProblem(
      { status: 401, title: "Unauthorized", detail, error: error.name },
      { "www-authenticate": "Magic-Hour" },
    );
  }
  if (error instanceof WebhookNotTaken || error instanceof WorkflowsUnavailable) {
    const detail = "the webhook cannot be taken now: send it again";
    const content = { status: 503, title: "Service Unavailable", detail, error: "WebhookNotTaken" };
    return writeProblem(content, { "retry-after": String(retryAfterSeconds) });
  }
  return problemAnswer(error);
}
