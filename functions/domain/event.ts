import { createHash } from "node:crypto";
import type { TerminalErrorName } from "./errors.ts";
import type { Failure } from "./failure.ts";
import { readMetadata, type TransferInput } from "./input.ts";
import { redact } from "./redaction.ts";
import type { TransferOutput } from "./transfer-output.ts";

/** Largest event, in bytes of its JSON text. Standard Webhooks advises to stay below 20 kB (specification, "Payload size"). */
export const largestEventBytes = 20_000;

/** The types of events. */
export const eventTypes = ["transfer.completed", "transfer.failed", "transfer.canceled", "transfer.timed_out"] as const;

/** One of {@link eventTypes}. */
export type TransferEventType = (typeof eventTypes)[number];

/** What an event tells: the transfer's output as far as there is one, and its error. Every type has the same fields. */
export interface TransferEventData extends Omit<TransferOutput, "id" | "verdict" | "announced"> {
  /** The project's id; null when the input had none. As it was given, if that was no valid id. */
  readonly id: string | null;
  /** Name of the execution. */
  readonly execution: string;
  /** Our reading of the project; null when the vendor was never reached. */
  readonly verdict: TransferOutput["verdict"] | null;
  /** Why the transfer failed; null when it is complete. */
  readonly error: { readonly name: TerminalErrorName; readonly message: string } | null;
}

/** An event, in the form that Standard Webhooks recommends ("Payload structure"). It never holds a URL of the vendor. */
export interface TransferEvent {
  /** What happened. */
  readonly type: TransferEventType;
  /** When the transfer ended, UTC, ISO 8601. */
  readonly timestamp: string;
  /** What there is to know about it. */
  readonly data: TransferEventData;
}

/** A transfer at its end, as the workflow's state has it. */
export interface EndedTransfer {
  /** Name and start of the execution. */
  readonly execution: { readonly name: string; readonly startedAt: string };
  /** The execution's input as it was given, valid or not. */
  readonly input: unknown;
  /** The output as far as it is known. */
  readonly output?: TransferOutput;
  /** Why it failed, if it did. */
  readonly failure?: Failure;
}

/**
 * Longest error message in an event, in UTF-16 code units: with every other field at its longest, 20 kB are not reached.
 * Without control characters (6 bytes each as JSON) one takes 3 bytes at most.
 */
const longestMessage = 2_000;

/** Longest invalid id that an event repeats, in UTF-16 code units: twice the longest valid one. */
const longestForeignId = 128;

/**
 * The event of a transfer at its end. Receipts that would not fit are left out, and counted: the manifest has them.
 * @param now milliseconds since the epoch
 */
export function buildEvent({ execution, input, output, failure }: EndedTransfer, now: number): TransferEvent {
  const timestamp = new Date(now).toISOString();
  const data: TransferEventData = {
    ...(output ? withoutAnnounced(output) : { ...unreached, startedAt: execution.startedAt, finishedAt: timestamp }),
    id: output?.id ?? foreignId(input),
    metadata: output?.metadata ?? readMetadata(input),
    execution: execution.name,
    error: failure ? { name: failure.error, message: redact(failure.detail.errorMessage, longestMessage) } : null,
  };
  const event = { type: typeOf(failure), timestamp, data };
  if (Buffer.byteLength(JSON.stringify(event)) <= largestEventBytes) return event;
  return { ...event, data: { ...data, outputs: [], outputsOmitted: data.outputsOmitted ?? data.outputs.length } };
}

/** What is known of a transfer that ended before its first answer. */
const unreached: Omit<TransferEventData, "id" | "execution" | "error" | "metadata" | "startedAt" | "finishedAt"> = {
  verdict: null,
  status: null,
  project: null,
  outputs: [],
  manifest: null,
  deleted: "not-requested",
  polls: 0,
};

function withoutAnnounced({ announced: _, ...output }: TransferOutput): Omit<TransferOutput, "announced"> {
  return output;
}

function typeOf(failure: Failure | undefined): TransferEventType {
  switch (failure?.error) {
    case undefined:
      return "transfer.completed";
    case "ProjectCanceled":
      return "transfer.canceled";
    case "DeadlineExceeded":
      return "transfer.timed_out";
    default:
      return "transfer.failed";
  }
}

function foreignId(input: unknown): string | null {
  const id = typeof input === "object" && input !== null ? (input as Partial<TransferInput>).id : undefined;
  return typeof id === "string" ? redact(id, longestForeignId) : null;
}

/**
 * The message id of an event: the same for ever, however often it is computed, and without a dot (Standard Webhooks,
 * "Signature scheme"). It is made of the project and of what happened to it. What cannot happen again is one event, whoever
 * transferred the project: its completion into one place, its failure, its cancellation. A failure of the transfer itself
 * (a deadline, a refusal) can be cured and come again: there the execution is a part of the id.
 */
export function messageIdOf({ type, data }: TransferEvent): string {
  const facts = [data.id, type, ...happening(data)];
  // 160 bits: no two events meet by chance.
  return `msg_${createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 40)}`;
}

function happening({ error, manifest, execution }: TransferEventData): (string | null)[] {
  switch (error?.name) {
    case undefined:
      return manifest ? [manifest.bucket, manifest.key] : [null];
    case "ProjectFailed":
    case "ProjectCanceled":
      return [error?.name ?? null];
    default:
      return [error?.name ?? null, execution];
  }
}
