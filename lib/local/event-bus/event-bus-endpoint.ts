import { startJsonEndpoint } from "../aws-json/json-endpoint.ts";
import type { BusEvent } from "./bus-event.ts";
import { describeEventBus } from "./describe-event-bus.ts";
import { type BusObserver, EventBuses } from "./event-buses.ts";
import { putEvents } from "./put-events.ts";

/** Which buses the endpoint serves, and where. */
export interface EventBusEndpointOptions {
  /** Names of event buses, 1 to 256 of `.-_A-Za-z0-9`. Default `["default"]`, which is there with any others too. */
  readonly buses?: readonly string[];
  /** Default 0: any free port. It listens on 127.0.0.1 only. */
  readonly port?: number;
  /** Hears of every event that reaches a bus. */
  readonly onEvent?: BusObserver;
}

/** A running endpoint. */
export interface EventBusEndpoint {
  /** `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL_EVENTBRIDGE` or an SDK's `endpoint`. */
  readonly url: string;
  /** The newest 1,000 events of all buses, oldest first. The list grows with them. */
  readonly events: readonly BusEvent[];
  /** Closes every connection. */
  close(): Promise<void>;
}

/** Entries of 1 MiB, each byte escaped as \uXXXX (6 characters), are 6 MiB; the other members are small. */
const BODY_BYTES = 8 * 1024 * 1024;

/**
 * Serves EventBridge's PutEvents and DescribeEventBus on 127.0.0.1, as `startJsonEndpoint` does.
 * @throws {RangeError} for a name that no event bus can have; {Error} if the port is taken.
 */
export async function startEventBusEndpoint(options: EventBusEndpointOptions = {}): Promise<EventBusEndpoint> {
  const { buses: names = [], port = 0, onEvent } = options;
  const buses = new EventBuses(names, onEvent);
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
  return { url, events: buses.events, close };
}
