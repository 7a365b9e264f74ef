import { addAbortListener } from "node:events";
import type { DeliveryState } from "../../functions/contract.ts";
import type { AttemptRecord, Delivery } from "../../functions/domain/delivery.ts";
import { localDeliveryStateMachineArn } from "./local-machines.ts";
import type { ExecutionDescription } from "./workflows/execution.ts";
import type { WorkflowEvent } from "./workflows/workflow-event.ts";

/** A delivery as far as it came while somebody watched. */
export interface WatchedDelivery {
  /** What is delivered, and to whom. */
  readonly delivery: Delivery;
  /** Attempts so far, oldest first. */
  readonly attempts: readonly AttemptRecord[];
  /** `waiting`: the next attempt is further away than the watcher's patience; `interrupted`: nobody watches any more. */
  readonly status: "delivered" | "waiting" | "failed" | "interrupted";
  /** Why it failed. */
  readonly cause?: string;
}

/** Watches the deliveries of an embedded cloud. */
export interface DeliveryWatch {
  /** Takes every event of every execution; those of other state machines are left alone. */
  readonly onEvent: (execution: ExecutionDescription, event: WorkflowEvent) => void;
  /**
   * The deliveries started so far, oldest first, once each of them is over or waits for long. Once the signal aborts, the
   * others are `interrupted`.
   */
  settled(signal: AbortSignal): Promise<WatchedDelivery[]>;
}

/**
 * Watches deliveries until they are over, or until the next attempt is too far away to sit and wait for it.
 * @param patienceSeconds longest wait between two attempts that is sat out
 */
export function watchDeliveries(patienceSeconds: number): DeliveryWatch {
  const watched = new Map<string, { readonly state: OpenDelivery; readonly settled: Promise<WatchedDelivery> }>();
  return {
    onEvent({ stateMachineArn, executionArn, input }, event) {
      if (stateMachineArn !== localDeliveryStateMachineArn) return;
      if (event.type === "ExecutionStarted") {
        const { promise, resolve } = Promise.withResolvers<WatchedDelivery>();
        const state = { delivery: JSON.parse(input) as Delivery, attempts: [], settle: resolve };
        watched.set(executionArn, { state, settled: promise });
      } else {
        const { state } = watched.get(executionArn) ?? {};
        if (state) follow(state, event, patienceSeconds);
      }
    },
    settled: async (signal) => {
      const deliveries = [...watched.values()];
      using _interrupting = addAbortListener(signal, () => {
        for (const { state } of deliveries) settleAs(state, { status: "interrupted" });
      });
      return await Promise.all(deliveries.map(({ settled }) => settled));
    },
  };
}

interface OpenDelivery {
  readonly delivery: Delivery;
  attempts: readonly AttemptRecord[];
  readonly settle: (delivery: WatchedDelivery) => void;
}

function follow(open: OpenDelivery, event: WorkflowEvent, patienceSeconds: number): void {
  if (event.type === "StateExited" && event.state === "Attempt") {
    open.attempts = (event.output as DeliveryState).output?.attempts ?? [];
  } else if (event.type === "StateEntered" && event.state === "Wait") {
    const { waitSeconds = 0 } = open.attempts.at(-1) ?? {};
    if (waitSeconds > patienceSeconds) settleAs(open, { status: "waiting" });
  } else if (event.type === "ExecutionEnded") {
    const { end } = event;
    if (end.status === "SUCCEEDED") settleAs(open, { status: "delivered" });
    else settleAs(open, { status: "failed", ...(end.cause !== undefined && { cause: end.cause }) });
  }
}

/** Says how a delivery stands; only the first time counts. */
function settleAs({ delivery, attempts, settle }: OpenDelivery, end: Pick<WatchedDelivery, "status" | "cause">): void {
  settle({ delivery, attempts, ...end });
}
