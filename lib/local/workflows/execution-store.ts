import type { Execution } from "./execution.ts";
import { ExecutionDoesNotExist } from "./step-functions-faults.ts";

/** Holds executions by ARN, and forgets the oldest finished ones, so that memory is bounded. */
export class ExecutionStore {
  readonly #executions = new Map<string, Execution>();
  /** In the order in which they ended. */
  readonly #finished = new Set<string>();
  readonly #finishedLimit: number;

  /** @param finishedLimit How many finished executions to keep. Running ones are all kept. */
  constructor(finishedLimit: number) {
    this.#finishedLimit = finishedLimit;
  }

  add(execution: Execution): void {
    this.#executions.set(execution.start.executionArn, execution);
  }

  find(arn: string): Execution | undefined {
    return this.#executions.get(arn);
  }

  /** @throws {ExecutionDoesNotExist} also for one that was forgotten. */
  get(arn: string): Execution {
    const execution = this.#executions.get(arn);
    if (execution === undefined) throw new ExecutionDoesNotExist(arn);
    return execution;
  }

  /** Those of a state machine, newest first. */
  newestFirst(stateMachineArn: string): Execution[] {
    return [...this.#executions.values()].filter(({ start }) => start.stateMachineArn === stateMachineArn).reverse();
  }

  /** Notes that an execution is over, and forgets those that ended longest ago beyond the limit. */
  finish(arn: string): void {
    this.#finished.add(arn);
    for (const oldest of this.#finished) {
      if (this.#finished.size <= this.#finishedLimit) return;
      this.#finished.delete(oldest);
      this.#executions.delete(oldest);
    }
  }
}
