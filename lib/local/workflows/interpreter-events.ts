import type { StateMachine } from "aws-local-stepfunctions";
import type { StatePlaces } from "./state-places.ts";
import type { TaskInvocations } from "./task-invocations.ts";
import type { Failure, StatePlace, WorkflowHappening } from "./workflow-event.ts";

/** The interpreter's running state machine. */
export type InterpreterRun = ReturnType<StateMachine["run"]>;

type InterpreterEvent = InterpreterRun["eventLogs"] extends AsyncGenerator<infer Event> ? Event : never;
type EventOfState = Extract<InterpreterEvent, { state: unknown }>;

/** Who hears of what the interpreter reports. */
export interface Listeners {
  readonly places: StatePlaces;
  readonly invocations: TaskInvocations;
  /** @param timestamp Milliseconds since 1970, UTC, as the interpreter noted it. */
  emit(happening: WorkflowHappening, timestamp: number): void;
}

/** Passes on what the interpreter reports, until its execution ends. Start and end are the runner's to tell. */
export async function passOnEvents(events: InterpreterRun["eventLogs"], listeners: Listeners): Promise<void> {
  for await (const event of events) passOn(event, listeners);
}

function passOn(event: InterpreterEvent, listeners: Listeners): void {
  switch (event.type) {
    case "StateEntered":
    case "StateExited":
    case "StateFailed":
    case "StateRetried":
      passOnState(event, listeners);
      break;
    case "MapIterationStarted":
    case "MapIterationSucceeded":
    case "MapIterationFailed": {
      const place = listeners.places.iteration(event.parentState.name, event.index);
      listeners.emit({ type: event.type, ...place }, event.timestamp);
      break;
    }
    case "ExecutionStarted":
    case "ExecutionSucceeded":
    case "ExecutionFailed":
    case "ExecutionAborted":
    case "ExecutionTimeout":
    // AWS tells none of these: a branch starts with its first state, and a caught state is left like any other.
    case "ParallelBranchStarted":
    case "ParallelBranchSucceeded":
    case "ParallelBranchFailed":
    case "StateCaught":
      break;
  }
}

function passOnState(event: EventOfState, { places, invocations, emit }: Listeners): void {
  const place = places.of(event.state.name, event.index);
  if (place.stateType === "Task") noteTask(event, place, invocations);
  const happening = stateHappening(event, place);
  if (happening !== undefined) emit(happening, event.timestamp);
}

function noteTask(event: EventOfState, place: StatePlace, invocations: TaskInvocations): void {
  if (event.type === "StateEntered" || event.type === "StateRetried") invocations.expect(place);
  if (event.type === "StateExited") invocations.exited(place);
  if (event.type === "StateFailed") invocations.failed(place, failureOf(event.Error, event.Cause));
}

function stateHappening(event: EventOfState, place: StatePlace): WorkflowHappening | undefined {
  const { input, output = null } = event.state;
  switch (event.type) {
    case "StateEntered":
      return { type: event.type, ...place, input };
    case "StateExited":
      return { type: event.type, ...place, input, output };
    case "StateFailed":
      return { type: event.type, ...place, ...failureOf(event.Error, event.Cause) };
    case "StateRetried":
      return { type: event.type, ...place, attempt: event.retry.attempt };
    case "StateCaught":
      return undefined;
  }
}

/**
 * Error and Cause as AWS shows them. The interpreter makes up both for a Fail state that has none, and repeats the
 * name of its own errors as their cause.
 */
export function failureOf(error: string, cause: unknown): Failure {
  const madeUp = cause === "Execution failed because of a Fail state" || cause === error;
  return {
    ...(error === "FailStateError" ? {} : { error }),
    ...(madeUp ? {} : { cause: typeof cause === "string" ? cause : JSON.stringify(cause) }),
  };
}
