import type { SFNClient } from "@aws-sdk/client-sfn";
import type { Environment } from "../../functions/environment.ts";
import type { Transfer, TransferStatus } from "./transfer.ts";

/** Options of `Transfers`. */
export interface TransfersOptions {
  /** ARN of the transfer state machine, the stack's output `StateMachineArn`. Default `TRANSFER_STATE_MACHINE_ARN`. */
  readonly transferStateMachineArn?: string | undefined;
  /**
   * ARN of the delivery state machine, the stack's output `DeliveryStateMachineArn`; only `deliveries` and `redeliver` need
   * it. Default `DELIVERY_STATE_MACHINE_ARN`.
   */
  readonly deliveryStateMachineArn?: string | undefined;
  /** A client of the caller's own, which stays open. Default one by the SDK's usual configuration, in the ARN's region. */
  readonly client?: SFNClient | undefined;
  /**
   * Where defaults come from, and what Step Functions is reached by (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL_SFN`, …). Default
   * `process.env`, with the SDK's own search for credentials: profiles, SSO, roles.
   */
  readonly environment?: Environment | undefined;
}

/** What every call takes. */
export interface SignalRequest {
  /** Ends the call, which then rejects with the signal's reason. What runs in the cloud goes on. Default never. */
  readonly signal?: AbortSignal | undefined;
}

/** How a transfer is started. */
export interface StartOptions extends SignalRequest {
  /**
   * The transfer's name: 1 to 80 of `A-Z a-z 0-9 _ -`, taken for 90 days. Default one made of the input, so that the same
   * input finds the transfer that was started first.
   */
  readonly idempotencyKey?: string | undefined;
}

/** Which transfer, or which delivery. */
export interface NameRequest extends SignalRequest {
  /** Its name. */
  readonly name: string;
}

/** What `wait` is asked. */
export interface WaitRequest extends NameRequest {
  /** Seconds until it is waited no longer: whole, 1 to 31,449,600 (364 days). Default until the transfer is over. */
  readonly deadlineSeconds?: number | undefined;
  /** Hears of every look that found the transfer running, and how many seconds later the next one is. */
  readonly onUpdate?: ((transfer: Transfer, waitSeconds: number) => void) | undefined;
}

/** What `stop` is asked. */
export interface StopRequest extends NameRequest {
  /** Why, for the transfer's history and for whoever waits: at most 32,768 characters. Default that `stop` was called. */
  readonly reason?: string | undefined;
}

/** What `list` is asked. */
export interface ListRequest extends SignalRequest {
  /** Only those that stand so. Default all. */
  readonly status?: TransferStatus | undefined;
  /** Most that are listed: whole, at least 1. Default all of the last 90 days. */
  readonly limit?: number | undefined;
}

/** What `deliveries` is asked. */
export interface DeliveriesRequest extends ListRequest {
  /** Only those that tell the end of this transfer. Default of all transfers. */
  readonly name?: string | undefined;
}

/** What `redeliver` is asked. */
export interface RedeliverRequest extends NameRequest {
  /** Also one that was delivered: for a receiver that lost what it had. Default false. */
  readonly evenIfDelivered?: boolean | undefined;
}
