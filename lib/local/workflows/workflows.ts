import { randomUUID } from "node:crypto";
import type { HistoryEvent } from "@aws-sdk/client-sfn";
import { executionArn, requireArn } from "./arns.ts";
import { Execution, type ExecutionDescription, type ExecutionStatus } from "./execution.ts";
import { parseInput, requireName } from "./execution-request.ts";
import { ExecutionStore } from "./execution-store.ts";
import { type Page, type PageRequest, pageOf } from "./paging.ts";
import { type StateMachineDescription, StateMachineRegistry } from "./state-machine-registry.ts";
import { ExecutionAlreadyExists } from "./step-functions-faults.ts";
import type { ExecutionEnd, Failure, WorkflowEvent } from "./workflow-event.ts";
import type { WorkflowRun } from "./workflow-run.ts";
import type { RunnerOptions, StateMachineHost } from "./workflow-runner.ts";

/** How workflows run. */
export interface WorkflowsOptions extends RunnerOptions {
  /** More can be added later, by `add`. */
  readonly stateMachines?: readonly StateMachineHost[];
  /** Finished executions to remember; default 10,000. A forgotten one's name may be used again. */
  readonly finishedExecutions?: number;
  /** Hears of every event of every execution, in order. An error it throws becomes a process warning. */
  readonly onEvent?: (execution: ExecutionDescription, event: WorkflowEvent) => void;
}

/** What StartExecution takes. */
export interface StartRequest {
  readonly stateMachineArn: string;
  /** Unique in its state machine; default a UUID. */
  readonly name?: string;
  /** JSON text, at most 262,144 bytes; default `{}`. */
  readonly input?: string;
}

/** What StartExecution returns. */
export interface StartedExecution {
  readonly executionArn: string;
  readonly startDate: Date;
}

/**
 * The most events in the history of a Standard execution; at it, the execution fails.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const HISTORY_EVENTS = 25_000;

const HISTORY_FULL: ExecutionEnd = {
  status: "FAILED",
  error: "States.Runtime",
  cause: `The execution reached the maximum number of history events (${HISTORY_EVENTS}).`,
};

/** State machines and their executions, in this process and without HTTP. Every method fails as the API does. */
export class Workflows {
  readonly #options: WorkflowsOptions;
  readonly #machines: StateMachineRegistry;
  readonly #executions: ExecutionStore;
  readonly #runs = new Map<string, WorkflowRun>();
  #sequence = 0;

  /** @throws {UnsupportedDefinition | InvalidArn} for a state machine that cannot run here. */
  constructor(options: WorkflowsOptions = {}) {
    this.#options = options;
    this.#machines = new StateMachineRegistry(options);
    this.#executions = new ExecutionStore(options.finishedExecutions ?? 10_000);
    for (const host of options.stateMachines ?? []) this.add(host);
  }

  /** Adds a state machine, or replaces the one of that ARN for executions to come. */
  add(host: StateMachineHost): void {
    this.#machines.add(host);
  }

  /**
   * Starts an execution. The same name and input as a running one returns that one.
   * @throws {InvalidArn | StateMachineDoesNotExist | InvalidName | ValidationException | InvalidExecutionInput}
   * @throws {ExecutionAlreadyExists} if the name's execution is closed or has other input.
   */
  start({ stateMachineArn, name = randomUUID(), input = "{}" }: StartRequest): StartedExecution {
    const { description, runner } = this.#machines.get(stateMachineArn);
    requireName(name);
    const value = parseInput(input);
    const arn = executionArn(stateMachineArn, name);
    const earlier = this.#executions.find(arn);
    if (earlier !== undefined) return sameExecution(earlier, input);
    this.#sequence += 1;
    const common = { name, roleArn: description.roleArn };
    const execution = new Execution({ ...common, executionArn: arn, stateMachineArn, input, sequence: this.#sequence });
    this.#executions.add(execution);
    this.#runs.set(
      arn,
      runner.start({ ...common, arn }, value, (event) => this.#record(execution, event)),
    );
    return { executionArn: arn, startDate: execution.startDate };
  }

  /** @throws {InvalidArn | ExecutionDoesNotExist} */
  describe(arn: string): ExecutionDescription {
    return this.#execution(arn).describe();
  }

  /** Resolves when the execution is over, however it ended. @throws {InvalidArn | ExecutionDoesNotExist} */
  async completion(arn: string): Promise<ExecutionDescription> {
    return await this.#execution(arn).completion;
  }

  /** Executions of a state machine, newest first. @throws {InvalidArn | StateMachineDoesNotExist | InvalidToken} */
  list(
    stateMachineArn: string,
    { statusFilter, ...page }: PageRequest & { readonly statusFilter?: ExecutionStatus } = {},
  ): Page<ExecutionDescription> {
    this.#machines.get(stateMachineArn);
    const all = this.#executions.newestFirst(stateMachineArn);
    const matching = statusFilter === undefined ? all : all.filter(({ status }) => status === statusFilter);
    const name = `executions ${stateMachineArn} ${statusFilter ?? ""}`;
    const order = { name, positionOf: ({ start }: Execution) => start.sequence, falling: true };
    const { items, ...rest } = pageOf(matching, order, page);
    return { items: items.map((execution) => execution.describe()), ...rest };
  }

  /**
   * Aborts an execution; one that is over stays as it is.
   * @returns When it ended.
   * @throws {InvalidArn | ExecutionDoesNotExist}
   */
  stop(arn: string, { error, cause }: Failure = {}): { readonly stopDate: Date } {
    const execution = this.#execution(arn);
    const failure = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
    this.#runs.get(arn)?.end({ status: "ABORTED", ...failure });
    return { stopDate: execution.stopDate ?? new Date() };
  }

  /** The history of an execution, oldest event first by default. @throws {InvalidArn | ExecutionDoesNotExist | InvalidToken} */
  history(
    arn: string,
    { reverseOrder = false, ...page }: PageRequest & { readonly reverseOrder?: boolean } = {},
  ): Page<HistoryEvent> {
    const { events } = this.#execution(arn).history;
    const order = {
      name: `history ${arn} ${reverseOrder}`,
      positionOf: ({ id = 0 }: HistoryEvent) => id,
      falling: reverseOrder,
    };
    return pageOf(reverseOrder ? events.toReversed() : events, order, page);
  }

  /** @throws {InvalidArn | StateMachineDoesNotExist} */
  describeStateMachine(arn: string): StateMachineDescription {
    return this.#machines.get(arn).description;
  }

  /** In the order in which they were added. @throws {InvalidToken} */
  listStateMachines(page: PageRequest = {}): Page<StateMachineDescription> {
    return this.#machines.list(page);
  }

  /** Aborts every running execution. Handlers that run cannot be stopped; their results are ignored. */
  close(): void {
    for (const arn of [...this.#runs.keys()]) this.stop(arn, { cause: "The embedded cloud was closed." });
  }

  #record(execution: Execution, event: WorkflowEvent): void {
    const arn = execution.start.executionArn;
    execution.record(event);
    this.#tell(execution, event);
    if (event.type === "ExecutionEnded") {
      this.#runs.delete(arn);
      this.#executions.finish(arn);
    } else if (execution.history.events.length >= HISTORY_EVENTS - 2) {
      // One event of the runner may be two in the history, and the end is one more.
      this.#runs.get(arn)?.end(HISTORY_FULL);
    }
  }

  #tell(execution: Execution, event: WorkflowEvent): void {
    try {
      this.#options.onEvent?.(execution.describe(), event);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }

  #execution(arn: string): Execution {
    requireArn(arn, "execution");
    return this.#executions.get(arn);
  }
}

/** Source of the rule: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
function sameExecution(earlier: Execution, input: string): StartedExecution {
  const { executionArn: arn, input: earlierInput } = earlier.start;
  if (earlier.status !== "RUNNING" || earlierInput !== input) throw new ExecutionAlreadyExists(arn);
  return { executionArn: arn, startDate: earlier.startDate };
}
