import { LOCAL_ACCOUNT, LOCAL_REGION } from "../workflows/arns.ts";
import type { BusEvent } from "./bus-event.ts";
import { compileEventPattern } from "./event-pattern.ts";
import type { Rule, TargetEvent } from "./rule.ts";
import { RuleDeliveries } from "./rule-deliveries.ts";

/** The ARN of an event bus of the embedded cloud. */
export function eventBusArn(name: string): string {
  return `arn:aws:events:${LOCAL_REGION}:${LOCAL_ACCOUNT}:event-bus/${name}`;
}

/** Hears of every event that reaches a bus, before PutEvents answers. An error it throws becomes a process warning. */
export type BusObserver = (event: BusEvent) => void;

/** Of a custom event bus. Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html */
const BUS_NAME = /^[.\-_A-Za-z0-9]{1,256}$/;

const KEPT_EVENTS = 1000;

/** A rule, ready to be asked. */
interface ReadRule {
  readonly bus: string;
  readonly matches: (event: TargetEvent) => boolean;
  readonly deliveries: RuleDeliveries;
}

/** The event buses of the embedded cloud, with their rules. */
export class EventBuses {
  readonly #names: ReadonlySet<string>;
  readonly #onEvent: BusObserver | undefined;
  readonly #events: BusEvent[] = [];
  readonly #rules: ReadRule[] = [];

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

  /** The newest 1,000 events that PutEvents put on any bus, oldest first. The list grows with them. */
  get events(): readonly BusEvent[] {
    return this.#events;
  }

  /**
   * Adds a rule, for events to come.
   * @throws {InvalidEventPatternException} as `compileEventPattern` does; {RangeError} if there is no such bus.
   */
  addRule({ bus: nameOrArn = "default", pattern, ...rule }: Rule): void {
    const bus = this.find(nameOrArn);
    if (bus === undefined) throw new RangeError(`The embedded cloud has no event bus '${nameOrArn}'.`);
    this.#rules.push({ bus, matches: compileEventPattern(pattern), deliveries: new RuleDeliveries(rule) });
  }

  /** Puts an event of an AWS service on the default bus, where services put theirs. It is not kept in the list. */
  putOfService(event: TargetEvent): void {
    this.#tell({ bus: "default", ...event });
  }

  /** Resolves once no rule delivers anything. */
  async settled(): Promise<void> {
    await Promise.all(this.#rules.map(({ deliveries }) => deliveries.settled()));
  }

  /** Drops what rules have yet to deliver. */
  close(): void {
    for (const { deliveries } of this.#rules) deliveries.close();
  }

  /**
   * Puts an event on a bus, by the bus's name or ARN. For a bus that is not here the event is lost, and so it is on
   * AWS, where PutEvents succeeds all the same; here a process warning tells of it.
   * Source: the answers of AWS as recorded in tests/aws/services/events/test_events.snapshot.json of
   * https://github.com/localstack/localstack, test_put_events_nonexistent_event_bus
   */
  put(nameOrArn: string, event: TargetEvent): void {
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
    this.#tell(event);
  }

  #tell(event: BusEvent): void {
    try {
      this.#onEvent?.(event);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
    const { bus, ...seen } = event;
    for (const rule of this.#rules) if (rule.bus === bus && isMatched(seen, rule)) rule.deliveries.add(seen);
  }
}

/** Whether a rule matches. A detail that is nested too deeply to be looked at matches none: the event is on the bus already. */
function isMatched(event: TargetEvent, { matches }: ReadRule): boolean {
  try {
    return matches(event);
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
    return false;
  }
}
