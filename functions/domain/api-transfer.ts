import { type ApiAnswer, pathOf } from "./api-answer.ts";
import { redact } from "./redaction.ts";

/** How much of a cause is shown, in characters: it may name ten problems of an input, each with its bound. */
const longestCause = 2_000;

/** An execution, as Step Functions describes it. */
export interface DescribedExecution {
  /** Its name. */
  readonly name: string;
  /** RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED or PENDING_REDRIVE. */
  readonly status: string;
  /** When it started. */
  readonly startedAt: Date;
  /** When it ended; undefined while it runs. */
  readonly stoppedAt: Date | undefined;
  /** Its input, as it was given; parsed. */
  readonly input: unknown;
  /** Its output, parsed; undefined unless it succeeded. */
  readonly output: unknown;
  /** Its error's name, if it failed. */
  readonly error: string | undefined;
  /** Its error's cause, if it failed. */
  readonly cause: string | undefined;
}

/** A transfer, as answers show it. */
export interface Transfer {
  /** Name of the execution. */
  readonly name: string;
  /** Step Functions' word: RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED or PENDING_REDRIVE. */
  readonly status: string;
  /** When it started, UTC, ISO 8601. */
  readonly startedAt: string;
  /** When it ended, UTC, ISO 8601; null while it runs. */
  readonly stoppedAt: string | null;
  /** Its input, as it was given. */
  readonly input: unknown;
  /** Its output; null unless it succeeded. */
  readonly output: unknown;
  /** Why it failed or was stopped; null otherwise. */
  readonly error: {
    /** The error's name, such as `DeadlineExceeded`. */
    readonly name: string;
    /** Its cause, 2,000 characters at most. */
    readonly message: string;
  } | null;
}

/** A transfer that was started, now or before. */
export interface StartedTransfer {
  /** The transfer. */
  readonly execution: DescribedExecution;
  /** False for a repeat: the transfer is the first's. */
  readonly isNew: boolean;
}

/** An execution as a transfer. */
export function transferOf({
  name,
  status,
  startedAt,
  stoppedAt,
  input,
  output,
  ...end
}: DescribedExecution): Transfer {
  const hasError = end.error !== undefined || end.cause !== undefined;
  return {
    name,
    status,
    startedAt: startedAt.toISOString(),
    stoppedAt: stoppedAt?.toISOString() ?? null,
    input,
    output: output ?? null,
    // Step Functions' own ends (a quota, say) may have a cause alone.
    error: hasError ? { name: end.error ?? status, message: redact(end.cause ?? "", longestCause) } : null,
  };
}

/** The answer that shows a transfer. */
export function transferAnswer(execution: DescribedExecution): ApiAnswer {
  return { status: 200, content: transferOf(execution), execution: execution.name };
}

/** The answer to a start: 202 for a new transfer, 200 with its present state for one that was there already. */
export function startAnswer({ execution, isNew }: StartedTransfer): ApiAnswer {
  return { ...acceptedAnswer(execution), status: isNew ? 202 : 200 };
}

/** The answer that says which transfer does what was asked for. */
export function acceptedAnswer(execution: DescribedExecution): ApiAnswer {
  return { ...transferAnswer(execution), status: 202, headers: { location: pathOf(execution.name) } };
}
