import { requireArn, roleArn } from "./arns.ts";
import { type Page, type PageRequest, pageOf } from "./paging.ts";
import { StateMachineDoesNotExist } from "./step-functions-faults.ts";
import { type RunnerOptions, type StateMachineHost, WorkflowRunner } from "./workflow-runner.ts";

/** A state machine as DescribeStateMachine shows it. */
export interface StateMachineDescription {
  readonly stateMachineArn: string;
  readonly name: string;
  /** JSON text. */
  readonly definition: string;
  readonly roleArn: string;
  readonly creationDate: Date;
}

/** A state machine and what runs it. */
export interface RegisteredMachine {
  readonly description: StateMachineDescription;
  readonly runner: WorkflowRunner;
}

/** The state machines of the embedded cloud, by ARN. */
export class StateMachineRegistry {
  readonly #machines = new Map<string, RegisteredMachine>();
  readonly #options: RunnerOptions;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** Adds a state machine, or replaces the one of that ARN. @throws {UnsupportedDefinition | InvalidArn} */
  add(host: StateMachineHost): void {
    requireArn(host.arn, "stateMachine");
    const description: StateMachineDescription = {
      stateMachineArn: host.arn,
      name: host.name,
      definition: JSON.stringify(host.definition),
      roleArn: roleArn(host.name),
      creationDate: new Date(),
    };
    this.#machines.set(host.arn, { description, runner: new WorkflowRunner(host, this.#options) });
  }

  /** @throws {InvalidArn | StateMachineDoesNotExist} */
  get(arn: string): RegisteredMachine {
    requireArn(arn, "stateMachine");
    const machine = this.#machines.get(arn);
    if (machine === undefined) throw new StateMachineDoesNotExist(arn);
    return machine;
  }

  /** In the order in which they were added. @throws {InvalidToken} */
  list(page: PageRequest): Page<StateMachineDescription> {
    const all = [...this.#machines.values()].map(({ description }) => description);
    const positionOf = (description: StateMachineDescription) => all.indexOf(description);
    return pageOf(all, { name: "stateMachines", positionOf, falling: false }, page);
  }
}
