import type { HistoryEvent } from "@aws-sdk/client-sfn";
import type { ExecutionEnd, Failure, StatePlace, WorkflowEvent } from "./workflow-event.ts";

/** What distinguishes one kind of history event from another: its type and its details. */
type Entry = Omit<HistoryEvent, "id" | "previousEventId" | "timestamp">;
type EntryType = NonNullable<HistoryEvent["type"]>;

/** The data of one state. AWS truncates nothing for the API, only in its logs. */
const WHOLE = { truncated: false };

/**
 * The history of one execution as GetExecutionHistory shows it: ids from 1, each with the id of the event that led
 * to it in its own thread. Checked against histories recorded from AWS by localstack, in its folder
 * tests/aws/services/stepfunctions/v2.
 */
export class ExecutionHistory {
  readonly #roleArn: string;
  readonly #events: HistoryEvent[] = [];
  /** The last event of each thread. */
  readonly #last = new Map<string, number>();
  /** The threads inside each Map or Parallel state, and the event that started it. */
  readonly #inside = new Map<string, { readonly started: number; readonly threads: Set<string> }>();
  readonly #failed = new Set<string>();
  /** The last data of any state as text. What one state leaves is what the next begins with, mostly several times over. */
  #text = "null";

  /** @param roleArn What ExecutionStarted says. */
  constructor(roleArn: string) {
    this.#roleArn = roleArn;
  }

  /** In the order of their ids, which are their positions plus 1. */
  get events(): readonly HistoryEvent[] {
    return this.#events;
  }

  /** Adds what one event of the runner means: none, one or two history events. */
  append(event: WorkflowEvent): void {
    const at = new Date(event.timestamp);
    switch (event.type) {
      case "ExecutionStarted":
        this.#add(
          at,
          { type: event.type, executionStartedEventDetails: { ...this.#input(event.input), roleArn: this.#roleArn } },
          0,
        );
        break;
      case "ExecutionEnded":
        this.#end(at, event.end);
        break;
      case "StateEntered":
        this.#addIn(event, at, {
          type: `${event.stateType}StateEntered`,
          stateEnteredEventDetails: { name: event.state, ...this.#input(event.input) },
        });
        if (holdsThreads(event)) this.#open(event, at);
        break;
      case "StateRetried":
        if (holdsThreads(event)) this.#open(event, at);
        break;
      case "StateFailed":
        if (holdsThreads(event)) this.#close(event, at, "Failed");
        break;
      case "StateExited":
        if (holdsThreads(event) && !this.#failed.delete(event.state)) this.#close(event, at, "Succeeded");
        this.#addIn(event, at, {
          // A Fail state never exits, which the type of a template cannot tell.
          type: `${event.stateType}StateExited` as EntryType,
          stateExitedEventDetails: { name: event.state, ...this.#output(event.output) },
        });
        break;
      case "MapIterationStarted":
      case "MapIterationSucceeded":
      case "MapIterationFailed": {
        const details = { name: event.state, index: event.index };
        const place = { thread: event.iterationThread, container: event.state };
        this.#addIn(place, at, { type: event.type, [`m${event.type.slice(1)}EventDetails`]: details });
        break;
      }
      default:
        this.#addIn(event, at, this.#taskEntry(event));
    }
  }

  #end(at: Date, end: ExecutionEnd): void {
    const last = this.#last.get("") ?? 0;
    if (end.status === "SUCCEEDED") {
      this.#add(at, { type: "ExecutionSucceeded", executionSucceededEventDetails: this.#output(end.output) }, last);
      return;
    }
    const details = failure(end);
    // An execution that is ended from outside has nothing before it: AWS says 0.
    if (end.status === "FAILED") this.#add(at, { type: "ExecutionFailed", executionFailedEventDetails: details }, last);
    else if (end.status === "ABORTED")
      this.#add(at, { type: "ExecutionAborted", executionAbortedEventDetails: details }, 0);
    else this.#add(at, { type: "ExecutionTimedOut", executionTimedOutEventDetails: details }, 0);
  }

  /** Starts, or on a retry starts again, what is inside a Map or Parallel state. */
  #open(place: StatePlace, at: Date): void {
    for (const thread of this.#inside.get(place.state)?.threads ?? []) this.#last.delete(thread);
    this.#failed.delete(place.state);
    const type = place.stateType === "Map" ? "MapStateStarted" : "ParallelStateStarted";
    // AWS gives a Map's length in the details; the interpreter does not tell it.
    const started = this.#addIn(place, at, {
      type,
      ...(type === "MapStateStarted" ? { mapStateStartedEventDetails: {} } : {}),
    });
    this.#inside.set(place.state, { started, threads: new Set() });
  }

  /** Ends what is inside a Map or Parallel state: after the latest event in there. */
  #close(place: StatePlace, at: Date, outcome: "Succeeded" | "Failed"): void {
    const inside = this.#inside.get(place.state);
    const lasts = [...(inside?.threads ?? [])].map((thread) => this.#last.get(thread) ?? 0);
    const type: EntryType = place.stateType === "Map" ? `MapState${outcome}` : `ParallelState${outcome}`;
    if (outcome === "Failed") this.#failed.add(place.state);
    this.#last.set(place.thread, this.#add(at, { type }, Math.max(inside?.started ?? 0, ...lasts)));
  }

  #addIn({ thread, container }: Pick<StatePlace, "thread" | "container">, at: Date, entry: Entry): number {
    const inside = container === undefined ? undefined : this.#inside.get(container);
    inside?.threads.add(thread);
    const id = this.#add(at, entry, this.#last.get(thread) ?? inside?.started ?? 0);
    this.#last.set(thread, id);
    return id;
  }

  #add(timestamp: Date, entry: Entry, previousEventId: number): number {
    const id = this.#events.length + 1;
    this.#events.push({ timestamp, ...entry, id, previousEventId });
    return id;
  }

  #taskEntry(event: TaskEvent): Entry {
    switch (event.type) {
      case "TaskScheduled": {
        const { resource, timeoutSeconds } = event;
        const details = { resource, ...this.#input(event.input), timeoutInSeconds: timeoutSeconds };
        return { type: "LambdaFunctionScheduled", lambdaFunctionScheduledEventDetails: details };
      }
      case "TaskStarted":
        return { type: "LambdaFunctionStarted" };
      case "TaskSucceeded":
        return { type: "LambdaFunctionSucceeded", lambdaFunctionSucceededEventDetails: this.#output(event.output) };
      case "TaskFailed":
        return { type: "LambdaFunctionFailed", lambdaFunctionFailedEventDetails: failure(event) };
      case "TaskTimedOut":
        return { type: "LambdaFunctionTimedOut", lambdaFunctionTimedOutEventDetails: failure(event) };
    }
  }

  #input(value: unknown) {
    return { input: this.#textOf(value), inputDetails: WHOLE };
  }

  #output(value: unknown) {
    return { output: this.#textOf(value), outputDetails: WHOLE };
  }

  /** Equal texts are held once. */
  #textOf(value: unknown): string {
    const text = JSON.stringify(value);
    if (text !== this.#text) this.#text = text;
    return this.#text;
  }
}

type TaskEvent = Extract<WorkflowEvent, { type: `Task${string}` }>;

function holdsThreads({ stateType }: StatePlace): boolean {
  return stateType === "Map" || stateType === "Parallel";
}

function failure({ error, cause }: Failure): Failure {
  return { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
}
