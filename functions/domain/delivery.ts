import * as v from "valibot";
import { endpointProblem, isEventBus, placeOf } from "./endpoint.ts";
import { type DeliveryErrorName, InvalidInput } from "./errors.ts";
import type { TransferEvent } from "./event.ts";
import type { Failure } from "./failure.ts";
import { type Answer, attemptOf, type Outcome } from "./outcome.ts";

/** One event to one endpoint: the input of the delivery workflow. */
export interface Delivery {
  /** The event's message id: the same on every attempt and every replay. */
  readonly messageId: string;
  /** The receiver's URL, or the ARN of an event bus. */
  readonly endpoint: string;
  /** What is told. */
  readonly event: TransferEvent;
}

/** One attempt, as the execution's history keeps it. */
export interface AttemptRecord {
  /** From 1. */
  readonly attempt: number;
  /** When it was made, UTC, ISO 8601. */
  readonly at: string;
  /** What it came to. */
  readonly outcome: Outcome["kind"];
  /** HTTP status; null when no answer came. */
  readonly status: number | null;
  /** Why it did not deliver. */
  readonly reason?: string;
  /** Seconds until the next attempt; with the outcome `retry` only. */
  readonly waitSeconds?: number;
}

/** What an execution of the delivery workflow answers. */
export interface DeliveryOutput {
  /** The message id. */
  readonly messageId: string;
  /** The receiver. */
  readonly endpoint: string;
  /** All attempts, oldest first. */
  readonly attempts: readonly AttemptRecord[];
  /** What was read of the last answer's body, redacted, as diagnosis: at most 16 KiB. */
  readonly response: string;
}

const deliverySchema = v.object({
  messageId: v.pipe(
    v.string("messageId: must be a text"),
    // No dot, because dots separate what is signed (Standard Webhooks, "Signature scheme").
    v.regex(/^[A-Za-z0-9_-]{1,100}$/, "messageId: must be 1 to 100 characters of A-Z a-z 0-9 _ -"),
  ),
  endpoint: v.pipe(
    v.string("endpoint: must be a text"),
    v.rawCheck(({ dataset, addIssue }) => {
      const problem = dataset.typed && !isEventBus(dataset.value) ? endpointProblem(dataset.value) : undefined;
      if (problem) addIssue({ message: `endpoint: ${problem}` });
    }),
  ),
  event: v.looseObject(
    {
      type: v.string("event.type: must be a text"),
      timestamp: v.pipe(
        v.string("event.timestamp: must be a text"),
        v.isoTimestamp("event.timestamp: must be a time in ISO 8601, such as 2026-08-22T10:00:00Z"),
      ),
    },
    "event: must be an object with a type and a timestamp",
  ),
});

/** Reads the input of a delivery. @throws {InvalidInput} naming the fields */
export function parseDelivery(raw: unknown): Delivery {
  const parsed = v.safeParse(deliverySchema, raw);
  // The event goes out as it came in: it was built by our own code, and a replay must repeat it to the letter.
  if (parsed.success) return raw as Delivery;
  const problems = parsed.issues.map(({ message, type }) =>
    type === "object" ? "messageId, endpoint and event are needed" : message,
  );
  throw new InvalidInput([...new Set(problems)].join("; "));
}

/** How much of a receiver's answer a cause repeats, in UTF-16 code units. */
const longestQuote = 300;

/** What the state of a delivery gains by an attempt. */
export interface AfterAttempt {
  /** The attempt just made: the workflow's choice reads its outcome, its Wait the seconds. */
  readonly attempt: AttemptRecord;
  /** The output so far. */
  readonly output: DeliveryOutput;
  /** Why the delivery fails, if it does now. */
  readonly failure?: Failure<DeliveryErrorName>;
}

/** Adds an attempt to what was known. @param at milliseconds since the epoch */
export function afterAttempt(
  { messageId, endpoint }: Delivery,
  earlier: readonly AttemptRecord[],
  answer: Answer,
  outcome: Outcome,
  at: number,
): AfterAttempt {
  const { kind, ...facts } = outcome;
  const status = answer.kind === "answered" ? answer.status : null;
  const number = earlier.length + 1;
  const attempt = { attempt: number, at: new Date(at).toISOString(), outcome: kind, status, ...facts };
  const response = answer.kind === "answered" ? answer.body : "";
  const output = { messageId, endpoint, attempts: [...earlier, attempt], response };
  if (kind === "delivered" || kind === "retry") return { attempt, output };
  const quote = response && `; it said: ${response.slice(0, longestQuote).toWellFormed()}`;
  const errorMessage = `${messageId} was not delivered to ${placeOf(endpoint)}: ${attemptOf(number)}: ${outcome.reason}${quote}`;
  const error = kind === "rejected" ? "DeliveryRejected" : "DeliveryExhausted";
  return { attempt, output, failure: { error, detail: { errorMessage } } };
}
