import { type DescribedExecution, transferOf } from "../../functions/domain/api-transfer.ts";
import { type DeliveryOutput, parseDelivery, type Delivery as SentDelivery } from "../../functions/domain/delivery.ts";
import { InvalidInput } from "../../functions/domain/errors.ts";
import type { Transfer } from "./transfer.ts";

/** One event on its way to one endpoint, or at the end of it. */
export interface Delivery extends Pick<Transfer, "name" | "status" | "startedAt" | "stoppedAt"> {
  /** The event's message id, the same on every attempt and every redelivery; null when it was started with no delivery. */
  readonly messageId: string | null;
  /** The event's type, such as `transfer.completed`; null likewise. */
  readonly type: string | null;
  /** The receiver's whole URL, which may hold a secret of theirs, or the ARN of an event bus; null likewise. */
  readonly endpoint: string | null;
  /** Attempts that it took; null unless it was delivered: others have theirs in the execution's history. */
  readonly attempts: number | null;
  /** Why it failed or was stopped; null otherwise. */
  readonly error: Transfer["error"];
}

/** An execution of the delivery state machine as a delivery. */
export function deliveryFrom(execution: DescribedExecution): Delivery {
  const { input, output, ...shown } = transferOf(execution) as Transfer;
  const sent = findDelivery(input);
  return {
    ...shown,
    messageId: sent?.messageId ?? null,
    type: sent?.event.type ?? null,
    endpoint: sent?.endpoint ?? null,
    attempts: (output as DeliveryOutput | null)?.attempts.length ?? null,
  };
}

/** What is delivered; undefined when somebody started the execution with something else. */
function findDelivery(input: unknown): SentDelivery | undefined {
  try {
    return parseDelivery(input);
  } catch (error) {
    if (error instanceof InvalidInput) return undefined;
    throw error;
  }
}
