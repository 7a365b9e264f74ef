import type { BusEvent } from "./bus-event.ts";
import type { EventPattern } from "./event-pattern.ts";

/** An event as a target gets it. */
export type TargetEvent = Omit<BusEvent, "bus">;

/** Takes an event, as a Lambda function would: what it returns is ignored, and an error means that it did not take it. */
export type RuleTarget = (event: TargetEvent) => unknown;

/** Which events of a bus go to a target. */
export interface Rule {
  /** Name or ARN of the event bus. Default `default`. */
  readonly bus?: string;
  /** The events that the target gets: see `compileEventPattern`. */
  readonly pattern: EventPattern;
  /** Called apart from whoever put the event, with a copy of its own for each attempt. */
  readonly target: RuleTarget;
  /**
   * Milliseconds to wait before each attempt after the first. Default 1,000 and 2,000: as often as Lambda repeats, which
   * waits one minute and then two (Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous
   * invocation").
   */
  readonly retryMilliseconds?: readonly number[];
}
