import { setImmediate } from "node:timers/promises";
import { type InvocableFunction, invokeLambda } from "./lambda-invocation.ts";
import { StateFailure } from "./state-failure.ts";
import type { Failure, StatePlace, WorkflowHappening } from "./workflow-event.ts";

/** One call of a handler. `told` once its end was reported, so that an answer after a time-out is not. */
interface Invocation {
  told: boolean;
}

/**
 * The Lambda invocations of one execution. The interpreter calls a handler with its event only; from which thread is
 * known by the order in which it entered, or retried, the state.
 */
export class TaskInvocations {
  readonly #emit: (happening: WorkflowHappening) => void;
  readonly #signal: AbortSignal;
  readonly #due = new Map<string, StatePlace[]>();
  readonly #running = new Map<string, Invocation>();

  /** @param signal Aborts when the execution is over: running calls then fail at once, and no new one starts. */
  constructor(emit: (happening: WorkflowHappening) => void, signal: AbortSignal) {
    this.#emit = emit;
    this.#signal = signal;
  }

  /** Notes that the interpreter is about to call the handler of a Task state: it entered or retried it. */
  expect(place: StatePlace): void {
    const due = this.#due.get(place.state);
    if (due === undefined) this.#due.set(place.state, [place]);
    else due.push(place);
  }

  /** Notes that a Task state was left. */
  exited(place: StatePlace): void {
    this.#running.delete(keyOf(place));
  }

  /** Notes that a Task state failed: by its handler, by the task's time-out, or before its handler was called. */
  failed(place: StatePlace, { error = "" }: Failure): void {
    const invocation = this.#running.get(keyOf(place));
    this.#running.delete(keyOf(place));
    if (invocation === undefined) this.#forget(place);
    else if (!invocation.told && error === "States.Timeout") {
      invocation.told = true;
      this.#emit({ type: "TaskTimedOut", ...place, error });
    }
  }

  /** Calls a function for the Task state of this name, as the interpreter's handler for it. */
  async invoke(name: string, target: InvocableFunction, taskSeconds: number, event: unknown): Promise<unknown> {
    // The interpreter's events arrive as microtasks; all that led here are told before the invocation is.
    await setImmediate();
    if (this.#signal.aborted) throw executionOver();
    const place = this.#due.get(name)?.shift();
    if (place === undefined) throw new TypeError(`The interpreter ran the Task '${name}' without entering it.`);
    const invocation: Invocation = { told: false };
    this.#running.set(keyOf(place), invocation);
    const scheduled = { resource: target.resource, input: event, timeoutSeconds: taskSeconds };
    this.#emit({ type: "TaskScheduled", ...place, ...scheduled });
    this.#emit({ type: "TaskStarted", ...place });
    return this.#report(place, invocation, untilAborted(invokeLambda(target, event), this.#signal));
  }

  async #report(place: StatePlace, invocation: Invocation, answer: Promise<unknown>): Promise<unknown> {
    try {
      const output = await answer;
      this.#tell(invocation, { type: "TaskSucceeded", ...place, output });
      return output;
    } catch (failure) {
      const { name: error, message: cause } = failure as Error;
      this.#tell(invocation, { type: "TaskFailed", ...place, error, cause });
      throw failure;
    }
  }

  #tell(invocation: Invocation, happening: WorkflowHappening): void {
    if (!invocation.told) this.#emit(happening);
    invocation.told = true;
  }

  #forget({ state, thread }: StatePlace): void {
    const due = this.#due.get(state) ?? [];
    const index = due.findIndex((place) => place.thread === thread);
    if (index >= 0) due.splice(index, 1);
  }
}

function keyOf({ state, thread }: StatePlace): string {
  return `${thread}/${state}`;
}

/** Ends a state of an execution that is over. The interpreter would otherwise retry it at once, again and again. */
function executionOver(): StateFailure {
  return new StateFailure("ExecutionOver", "The execution is over.", { recoverable: false });
}

async function untilAborted<Value>(answer: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(executionOver());
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
