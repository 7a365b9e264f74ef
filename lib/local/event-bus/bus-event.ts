/**
 * An event as the targets of EventBridge's rules see it, and the bus that it is on.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/ref/welcome.html#overiew-event-structure
 */
export interface BusEvent {
  /** Name of the event bus. The only member that targets do not see. */
  readonly bus: string;
  readonly version: "0";
  /** A UUID, which PutEvents returned as EventId. */
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601 in UTC, in whole seconds: when the sender says that it happened, else when it was put. */
  readonly time: string;
  readonly region: string;
  /** ARNs of what the event is about. */
  readonly resources: readonly string[];
  /** The sender's JSON object, parsed. */
  readonly detail: Readonly<Record<string, unknown>>;
}
