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
  /** `waiting`: the next attempt is further away than the watcher's patience. */
  readonly status: "delivered" | "waiting" | "failed";
  /** Why it failed. */
  readonly cause?: string;
}

/** Watches the deliveries of an embedded cloud. */
export interface DeliveryWatch {
  /** Takes every event of every execution; those of other state machines are left alone. */
  readonly onEvent: (execution: ExecutionDescription, event: WorkflowEvent) => void;
  /** The deliveries started so far, oldest first, once each of them is over or waits for long. */
  settled(): Promise<WatchedDelivery[]>;
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
    settled: () => Promise.all([...watched.values()].map(({ settled }) => settled)),
  };
}

interface OpenDelivery {
  readonly delivery: Delivery;
  attempts: readonly AttemptRecord[];
  readonly settle: (delivery: WatchedDelivery) => void;
}

function follow(open: OpenDelivery, event: WorkflowEvent, patienceSeconds: number): void {
  const settle = (end: Pick<WatchedDelivery, "status" | "cause">) => {
    open.settle({ delivery: open.delivery, attempts: open.attempts, ...end });
  };
  if (event.type === "StateExited" && event.state === "Attempt") {
    open.attempts = (event.output as DeliveryState).output?.attempts ?? [];
  } else if (event.type === "StateEntered" && event.state === "Wait") {
    const { waitSeconds = 0 } = open.attempts.at(-1) ?? {};
    if (waitSeconds > patienceSeconds) settle({ status: "waiting" });
  } else if (event.type === "ExecutionEnded") {
    const { end } = event;
    if (end.status === "SUCCEEDED") settle({ status: "delivered" });
    else settle({ status: "failed", ...(end.cause !== undefined && { cause: end.cause }) });
  }
}
