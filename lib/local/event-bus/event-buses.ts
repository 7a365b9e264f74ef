import { LOCAL_ACCOUNT, LOCAL_REGION } from "../workflows/arns.ts";
import type { BusEvent } from "./bus-event.ts";

/** The ARN of an event bus of the embedded cloud. */
export function eventBusArn(name: string): string {
  return `arn:aws:events:${LOCAL_REGION}:${LOCAL_ACCOUNT}:event-bus/${name}`;
}

/** Hears of every event that reaches a bus, before PutEvents answers. An error it throws becomes a process warning. */
export type BusObserver = (event: BusEvent) => void;

/** Of a custom event bus. Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html */
const BUS_NAME = /^[.\-_A-Za-z0-9]{1,256}$/;

const KEPT_EVENTS = 1000;

/** The event buses of the embedded cloud. They have no rules: whoever wants events is told of each, or reads the list. */
export class EventBuses {
  readonly #names: ReadonlySet<string>;
  readonly #onEvent: BusObserver | undefined;
  readonly #events: BusEvent[] = [];

  /**
   * @param names Of its buses; `default` is always there, as in every account.
   * @throws {RangeError} for a text that no bus can have as its name, such as an ARN.
   */
  constructor(names: readonly string[], onEvent: BusObserver | undefined) {
    const wrong = names.find((name) => !BUS_NAME.test(name));
    if (wrong !== undefined) throw new RangeError(`'${wrong}' is not the name of an event bus`);
    this.#names = new Set(["default", ...names]);
    this.#onEvent = onEvent;
  }

  /** The newest 1,000 events of all buses, oldest first. The list grows with them. */
  get events(): readonly BusEvent[] {
    return this.#events;
  }

  /**
   * Puts an event on a bus, by the bus's name or ARN. For a bus that is not here the event is lost, and so it is on
   * AWS, where PutEvents succeeds all the same; here a process warning tells of it.
   * Source: the answers of AWS as recorded in tests/aws/services/events/test_events.snapshot.json of
   * https://github.com/localstack/localstack, test_put_events_nonexistent_event_bus
   */
  put(nameOrArn: string, event: Omit<BusEvent, "bus">): void {
    const bus = this.find(nameOrArn);
    if (bus !== undefined) this.#record({ bus, ...event });
    else process.emitWarning(`Event ${event.id} is lost: the embedded cloud has no event bus '${nameOrArn}'.`);
  }

  /** The name of a bus that is here, from its name or ARN; undefined when it is not. */
  find(nameOrArn: string): string | undefined {
    const prefix = eventBusArn("");
    const name = nameOrArn.startsWith(prefix) ? nameOrArn.slice(prefix.length) : nameOrArn;
    return this.#names.has(name) ? name : undefined;
  }

  #record(event: BusEvent): void {
    if (this.#events.push(event) > KEPT_EVENTS) this.#events.shift();
    try {
      this.#onEvent?.(event);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }
}
