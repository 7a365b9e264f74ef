import { ExecutionAbortedError, type RunOptions, type StateMachine } from "aws-local-stepfunctions";
import { failureOf, type InterpreterRun, passOnEvents } from "./interpreter-events.ts";
import { dataLimitExceeded, PAYLOAD_BYTES } from "./state-failure.ts";
import type { StatePlaces } from "./state-places.ts";
import { TaskInvocations } from "./task-invocations.ts";
import { sleep } from "./timers.ts";
import type { ExecutionEnd, WorkflowEvent, WorkflowHappening } from "./workflow-event.ts";

/** The local handlers of Task states, and of the Tasks that stand in for Wait states, by state name. */
export type StateHandlers = Record<string, (input: unknown) => Promise<unknown>>;

/** Everything one execution needs. */
export interface RunPlan {
  readonly machine: StateMachine;
  readonly places: StatePlaces;
  readonly context: NonNullable<RunOptions["context"]>;
  readonly input: unknown;
  readonly onEvent: (event: WorkflowEvent) => void;
  readonly handlers: (invocations: TaskInvocations, signal: AbortSignal) => StateHandlers;
  /** By state name. */
  readonly retryMilliseconds: Readonly<Record<string, number>>;
  /** The time-out of the whole execution; none by default. */
  readonly timeoutSeconds?: number;
}

type InterpreterInput = Parameters<StateMachine["run"]>[0];
type InterpreterHandlers = NonNullable<NonNullable<RunOptions["overrides"]>["taskResourceLocalHandlers"]>;

/** One execution. It starts on construction. */
export class WorkflowRun {
  /** Resolves when the execution is over, however it ended; never rejects. */
  readonly ended: Promise<ExecutionEnd>;
  readonly #onEvent: (event: WorkflowEvent) => void;
  readonly #over = new AbortController();
  readonly #settle: (end: ExecutionEnd) => void;
  readonly #interpreter: InterpreterRun;

  constructor(plan: RunPlan) {
    const { promise, resolve } = Promise.withResolvers<ExecutionEnd>();
    this.ended = promise;
    this.#settle = resolve;
    this.#onEvent = plan.onEvent;
    const emit = (happening: WorkflowHappening, timestamp?: number) => this.#emit(happening, timestamp);
    const invocations = new TaskInvocations(emit, this.#over.signal);
    emit({ type: "ExecutionStarted", input: plan.input });
    this.#interpreter = plan.machine.run(plan.input as InterpreterInput, {
      context: plan.context,
      overrides: {
        // The library types JSON more narrowly than TypeScript can follow; handlers pass their values through JSON.
        taskResourceLocalHandlers: plan.handlers(invocations, this.#over.signal) as InterpreterHandlers,
        retryIntervalOverrides: { ...plan.retryMilliseconds },
      },
    });
    void this.#follow(passOnEvents(this.#interpreter.eventLogs, { places: plan.places, invocations, emit }));
    if (plan.timeoutSeconds !== undefined) void this.#timeOut(plan.timeoutSeconds);
  }

  /**
   * Ends the execution now, unless it is over. A handler that is running cannot be stopped, but its result is ignored
   * and no other is called.
   */
  end(end: ExecutionEnd): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    this.#interpreter.abort();
    this.#onEvent({ type: "ExecutionEnded", end, timestamp: Date.now() });
    this.#settle(end);
  }

  /** An end of the interpreter's own counts once all that led to it was told. */
  async #follow(told: Promise<void>): Promise<void> {
    try {
      const [end] = await Promise.all([endOf(this.#interpreter.result), told]);
      this.end(end);
    } catch (error) {
      this.end({ status: "FAILED", error: "States.Runtime", cause: String(error) });
    }
  }

  async #timeOut(seconds: number): Promise<void> {
    try {
      await sleep(seconds * 1000, this.#over.signal);
      this.end({ status: "TIMED_OUT" });
    } catch {
      // The execution ended in time, which aborts the sleep.
    }
  }

  #emit(happening: WorkflowHappening, timestamp = Date.now()): void {
    if (this.#over.signal.aborted) return;
    if (happening.type === "StateExited" && exceedsLimit(happening.output)) {
      const { name: error, message: cause } = dataLimitExceeded(`The output of the state '${happening.state}'`);
      this.end({ status: "FAILED", error, cause });
    } else this.#onEvent({ ...happening, timestamp });
  }
}

async function endOf(result: InterpreterRun["result"]): Promise<ExecutionEnd> {
  try {
    return { status: "SUCCEEDED", output: await result };
  } catch (error) {
    if (error instanceof ExecutionAbortedError) return { status: "ABORTED" };
    const failure = error instanceof Error ? error.cause : undefined;
    if (!(failure instanceof Error)) throw error;
    return { status: "FAILED", ...failureOf(failure.name, failure.message) };
  }
}

function exceedsLimit(output: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(output)) > PAYLOAD_BYTES;
}
