import { ExecutionHistory } from "./execution-history.ts";
import type { ExecutionEnd, Failure, WorkflowEvent } from "./workflow-event.ts";

/** Where an execution stands. A failed one cannot be redriven here. */
export type ExecutionStatus = "RUNNING" | ExecutionEnd["status"];

/** An execution as DescribeExecution shows it. */
export interface ExecutionDescription extends Failure {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startDate: Date;
  /** Once it is over. */
  readonly stopDate?: Date;
  /** JSON text, as it was given. */
  readonly input: string;
  /** JSON text, once it succeeded. */
  readonly output?: string;
}

/** What an execution is from its start on. */
export interface ExecutionStart {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly input: string;
  readonly roleArn: string;
  /** Higher than that of every execution before. */
  readonly sequence: number;
}

/** One execution, running or over, with its history. */
export class Execution {
  readonly start: ExecutionStart;
  readonly startDate = new Date();
  readonly history: ExecutionHistory;
  /** Resolves when it is over, however it ended. */
  readonly completion: Promise<ExecutionDescription>;
  readonly #complete: (description: ExecutionDescription) => void;
  #end: { readonly end: ExecutionEnd; readonly stopDate: Date } | undefined;

  constructor(start: ExecutionStart) {
    this.start = start;
    this.history = new ExecutionHistory(start.roleArn);
    const { promise, resolve } = Promise.withResolvers<ExecutionDescription>();
    this.completion = promise;
    this.#complete = resolve;
  }

  get status(): ExecutionStatus {
    return this.#end?.end.status ?? "RUNNING";
  }

  /** When it ended; undefined while it runs. */
  get stopDate(): Date | undefined {
    return this.#end?.stopDate;
  }

  /** Takes an event of its run into account. */
  record(event: WorkflowEvent): void {
    this.history.append(event);
    if (event.type !== "ExecutionEnded") return;
    this.#end = { end: event.end, stopDate: new Date(event.timestamp) };
    this.#complete(this.describe());
  }

  describe(): ExecutionDescription {
    const { executionArn, stateMachineArn, name, input } = this.start;
    const running = { executionArn, stateMachineArn, name, input, startDate: this.startDate, status: this.status };
    return this.#end === undefined
      ? running
      : { ...running, stopDate: this.#end.stopDate, ...outcomeOf(this.#end.end) };
  }
}

function outcomeOf(end: ExecutionEnd): Pick<ExecutionDescription, "output" | "error" | "cause"> {
  if (end.status === "SUCCEEDED") return { output: JSON.stringify(end.output) };
  const { status: _, ...failure } = end;
  return failure;
}
