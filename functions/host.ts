import type { LogSink } from "./adapters/log.ts";
import type { VendorPacer } from "./adapters/vendor-pacer.ts";
import type { DeliveryState, TransferState } from "./contract.ts";
import type { TransferOutput } from "./domain/transfer-output.ts";
import type { Environment } from "./environment.ts";

/** What a function takes from where it runs, besides the environment. */
export interface Host {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** From 0 inclusive to 1 exclusive. */
  readonly random: () => number;
  /** Where log lines go. */
  readonly sink: LogSink;
  /** What several functions share to keep within the vendor's limits. Default one of each function's own. */
  readonly pacer?: VendorPacer;
}

/** AWS Lambda: with the JSON log format an object given to the console becomes one structured line. */
export const lambdaHost: Host = { now: Date.now, random: Math.random, sink: console };

/** The part of Lambda's context that functions use. */
export interface FunctionContext {
  /** Milliseconds until the function is killed. */
  getRemainingTimeInMillis(): number;
}

/** One task of the transfer workflow: takes the state whole, returns it whole. */
export type WorkflowFunction = (state: TransferState, context: FunctionContext) => Promise<TransferState>;

/** The task of the delivery workflow: takes the state whole, returns it whole. */
export type DeliveryFunction = (state: DeliveryState, context: FunctionContext) => Promise<DeliveryState>;

/** The output that an earlier step left in the state. @throws {Error} when the workflow skipped that step */
export function requireOutput(state: TransferState): TransferOutput {
  if (state.output) return state.output;
  throw new Error("the state has no output yet: Check status must run first");
}

/** A function that is composed from `process.env` at its first call, so that importing it needs no environment. */
export function onFirstCall<Event, Result>(
  create: (environment: Environment) => (event: Event, context: FunctionContext) => Promise<Result>,
): (event: Event, context: FunctionContext) => Promise<Result> {
  let created: ReturnType<typeof create> | undefined;
  return (event, context) => {
    created ??= create(process.env);
    return created(event, context);
  };
}
