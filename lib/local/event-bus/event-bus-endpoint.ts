import { startJsonEndpoint } from "../aws-json/json-endpoint.ts";
import type { BusEvent } from "./bus-event.ts";
import { describeEventBus } from "./describe-event-bus.ts";
import { type BusObserver, EventBuses } from "./event-buses.ts";
import { putEvents } from "./put-events.ts";
import type { Rule, TargetEvent } from "./rule.ts";

/** Which buses the endpoint serves, and where. */
export interface EventBusEndpointOptions {
  /** Names of event buses, 1 to 256 of `.-_A-Za-z0-9`. Default `["default"]`, which is there with any others too. */
  readonly buses?: readonly string[];
  /** Default 0: any free port. It listens on 127.0.0.1 only. */
  readonly port?: number;
  /** Hears of every event that reaches a bus. */
  readonly onEvent?: BusObserver;
  /** Rules from the start. Default none. */
  readonly rules?: readonly Rule[];
}

/** A running endpoint. */
export interface EventBusEndpoint {
  /** `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL_EVENTBRIDGE` or an SDK's `endpoint`. */
  readonly url: string;
  /** The newest 1,000 events that PutEvents put on any bus, oldest first. The list grows with them. */
  readonly events: readonly BusEvent[];
  /**
   * Adds a rule, for events to come.
   * @throws {InvalidEventPatternException} for a bad pattern; {RangeError} if there is no such bus.
   */
  addRule(rule: Rule): void;
  /** Puts an event of an AWS service on the default bus: observers and rules get it, and `events` does not list it. */
  putOfService(event: TargetEvent): void;
  /** Resolves once every event has been delivered to the targets of its rules, or is lost. */
  settled(): Promise<void>;
  /** Closes every connection and drops what rules have yet to deliver; a target that runs is not waited for. */
  close(): Promise<void>;
}

/** Entries of 1 MiB, each byte escaped as \uXXXX (6 characters), are 6 MiB; the other members are small. */
const BODY_BYTES = 8 * 1024 * 1024;

/**
 * Serves EventBridge's PutEvents and DescribeEventBus on 127.0.0.1, as `startJsonEndpoint` does.
 * @throws {RangeError} for a name that no event bus can have; as `addRule` does; {Error} if the port is taken.
 */
export async function startEventBusEndpoint(options: EventBusEndpointOptions = {}): Promise<EventBusEndpoint> {
  const { buses: names = [], port = 0, onEvent, rules = [] } = options;
  const buses = new EventBuses(names, onEvent);
  for (const rule of rules) buses.addRule(rule);
  const { url, close } = await startJsonEndpoint({
    version: "1.1",
    service: "AWSEvents",
    operation: (name) => {
      if (name === "PutEvents") return (members) => putEvents(buses, members);
      return name === "DescribeEventBus" ? (members) => describeEventBus(buses, members) : undefined;
    },
    largestBody: BODY_BYTES,
    internalFault: "InternalException",
    port,
  });
  return {
    url,
    events: buses.events,
    addRule: (rule) => buses.addRule(rule),
    putOfService: (event) => buses.putOfService(event),
    settled: () => buses.settled(),
    close: () => {
      buses.close();
      return close();
    },
  };
}
