/** Values of the notifier that its tests start from; each test overrides the fields that it is about. */
import fc from "fast-check";
import type { Delivery } from "../../../functions/domain/delivery.ts";
import type { TerminalErrorName } from "../../../functions/domain/errors.ts";
import type { EndedTransfer, TransferEvent } from "../../../functions/domain/event.ts";
import type { Failure } from "../../../functions/domain/failure.ts";
import { parseProject, summarize } from "../../../functions/domain/project.ts";
import type { TransferOutput } from "../../../functions/domain/transfer-output.ts";
import { aProject, aReceipt } from "./domain-fixture.ts";

/** When the transfers of these tests end: 22 August 2026, 10:01 UTC. */
export const endedAt = Date.UTC(2026, 7, 22, 10, 1, 0);

/** The output of a transfer that is complete: one output, copied. */
export function aTransferOutput(over: Partial<TransferOutput> = {}): TransferOutput {
  return {
    id: "cm1",
    verdict: "complete",
    status: "complete",
    project: summarize(aProject()),
    outputs: [aReceipt()],
    manifest: { bucket: "outputs", key: "audio-projects/cm1/manifest.json" },
    deleted: "yes",
    polls: 3,
    startedAt: "2026-08-22T10:00:00.000Z",
    finishedAt: "2026-08-22T10:00:59.000Z",
    announced: false,
    metadata: { order: 7 },
    ...over,
  };
}

/** A transfer at its end that never reached the vendor; a test adds what it is about. */
export function anEndedTransfer(over: Partial<EndedTransfer> = {}): EndedTransfer {
  return {
    execution: { name: "run-1", startedAt: "2026-08-22T10:00:00.000Z" },
    input: { id: "cm1", metadata: { order: 7 } },
    ...over,
  };
}

/** Why a transfer failed. */
export function aFailure(error: TerminalErrorName, errorMessage = `project cm1: ${error}`): Failure {
  return { error, detail: { errorMessage } };
}

/** The event of {@link aTransferOutput}. */
export function anEvent(over: Partial<TransferEvent> = {}): TransferEvent {
  const { announced: _, ...output } = aTransferOutput();
  return {
    type: "transfer.completed",
    timestamp: "2026-08-22T10:01:00.000Z",
    data: { ...output, execution: "run-1", error: null },
    ...over,
  };
}

/** {@link anEvent} to an endpoint whose path and query hold the word `SECRET`. */
export function aDelivery(over: Partial<Delivery> = {}): Delivery {
  return {
    messageId: `msg_${"0f".repeat(20)}`,
    endpoint: "https://hooks.example.com/SECRET/path?token=SECRET",
    event: anEvent(),
    ...over,
  };
}

/** Text that grows when it is written as JSON or UTF-8: quotes, controls, wide characters, halves of characters. */
export function hostileText(maxLength: number): fc.Arbitrary<string> {
  const unit = fc.constantFrom('"', "\\", "\u0000", "\n", "\u007f", "\u2028", "é", "日", "🎧", "\ud800", "\udc00", "a");
  const one = fc.tuple(unit, fc.nat({ max: maxLength })).map(([character, count]) => character.repeat(count));
  return fc.oneof(one, fc.string({ unit, maxLength })).map((text) => text.slice(0, maxLength));
}

/** A project as the vendor may describe it at its worst, read as the poll reads it. */
export function hostileProject(text: string): NonNullable<TransferOutput["project"]> {
  const project = { id: "cm1", status: "error", name: text, type: text, error: { code: text, message: text } };
  return summarize(parseProject(project, "cm1"));
}
