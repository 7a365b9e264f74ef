/**
 * Runs a synthesized state machine in this process, with local handlers in place of Lambda functions.
 * The interpreter is aws-local-stepfunctions 3.0; what it lacks or gets wrong is made up for here or refused.
 */
import { StateMachine, type StateMachineDefinition } from "aws-local-stepfunctions";
import { asDefinition, type Definition, type PlacedState, placedStates } from "./definition.ts";
import { interpreterDefinition } from "./interpreter-definition.ts";
import {
  type InvocableFunction,
  invocableFunction,
  type LambdaFunction,
  type LambdaHandler,
} from "./lambda-invocation.ts";
import { StatePlaces } from "./state-places.ts";
import type { TaskInvocations } from "./task-invocations.ts";
import { refuseUnsupported } from "./unsupported-definition.ts";
import { type WaitOptions, waitAsStated } from "./wait-state.ts";
import type { WorkflowEvent } from "./workflow-event.ts";
import { type StateHandlers, WorkflowRun } from "./workflow-run.ts";

/** A state machine and the handlers behind its tasks. */
export interface StateMachineHost {
  readonly name: string;
  /** `arn:aws:states:REGION:ACCOUNT:stateMachine:NAME`. */
  readonly arn: string;
  /** The Amazon States Language definition, JSONPath, as synthesized, with its tokens resolved. */
  readonly definition: object;
  /** By the text of a Task's Resource: with CDK's `payloadResponseOnly`, the ARN of its Lambda function. */
  readonly functions: Readonly<Record<string, LambdaHandler | LambdaFunction>>;
}

/** How time is shortened, for tests and demonstrations. By default nothing is. */
export interface RunnerOptions extends WaitOptions {
  /** Milliseconds before each retry of any state, instead of the definition's intervals. */
  readonly retryMilliseconds?: number;
}

/** What `$$.Execution` says, beside the input and the start that the interpreter fills in. */
export interface ExecutionIdentity {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
}

/** Runs executions of one state machine. */
export class WorkflowRunner {
  readonly #host: StateMachineHost;
  readonly #definition: Definition;
  readonly #machine: StateMachine;
  readonly #places: StatePlaces;
  readonly #options: RunnerOptions;

  /**
   * @throws {UnsupportedDefinition} if the interpreter would run the definition differently from AWS: it names each
   * state and field, among them a Task without handler or TimeoutSeconds, QueryLanguage, Assign and JSONata.
   * @throws {Error} if the definition is not valid Amazon States Language.
   */
  constructor(host: StateMachineHost, options: RunnerOptions = {}) {
    this.#host = host;
    this.#definition = asDefinition(host.definition);
    this.#options = options;
    refuseUnsupported(host.name, this.#definition, new Set(Object.keys(host.functions)));
    validate(this.#definition);
    this.#machine = new StateMachine(interpreterDefinition(this.#definition), {
      validationOptions: { noValidate: true },
    });
    this.#places = new StatePlaces(this.#definition);
  }

  /**
   * Starts an execution. Its first event, ExecutionStarted, is told before this returns.
   * @param input Plain JSON, at most 262,144 bytes.
   * @param onEvent Must not throw.
   */
  start(execution: ExecutionIdentity, input: unknown, onEvent: (event: WorkflowEvent) => void): WorkflowRun {
    const { TimeoutSeconds: timeoutSeconds } = this.#definition;
    return new WorkflowRun({
      machine: this.#machine,
      places: this.#places,
      context: {
        Execution: { Id: execution.arn, Name: execution.name, RoleArn: execution.roleArn },
        StateMachine: { Id: this.#host.arn, Name: this.#host.name },
      },
      input,
      onEvent,
      handlers: (invocations, signal) => this.#handlers(invocations, signal),
      retryMilliseconds: this.#retryMilliseconds(),
      ...(typeof timeoutSeconds === "number" ? { timeoutSeconds } : {}),
    });
  }

  #handlers(invocations: TaskInvocations, signal: AbortSignal): StateHandlers {
    const handlers: StateHandlers = {};
    for (const { name, state } of this.#states("Wait")) {
      handlers[name] = (given) => waitAsStated(name, state, given, this.#options, signal);
    }
    for (const { name, state } of this.#states("Task")) {
      const seconds = Number(state["TimeoutSeconds"]);
      const target = this.#function(String(state["Resource"]), seconds);
      handlers[name] = (event) => invocations.invoke(name, target, seconds, event);
    }
    return handlers;
  }

  #function(resource: string, taskSeconds: number): InvocableFunction {
    const given = this.#host.functions[resource];
    if (given === undefined) throw new TypeError(`No handler for ${resource}.`);
    return invocableFunction(resource, given, taskSeconds);
  }

  #retryMilliseconds(): Record<string, number> {
    const { retryMilliseconds } = this.#options;
    if (retryMilliseconds === undefined) return {};
    const retried = [...placedStates(this.#definition)].filter(({ state }) => "Retry" in state);
    return Object.fromEntries(retried.map(({ name }) => [name, retryMilliseconds]));
  }

  #states(type: string): PlacedState[] {
    return [...placedStates(this.#definition)].filter(({ state }) => state.Type === type);
  }
}

/** Definitions that were found valid: each takes 30 ms and more, and a process may run one for many state machines. */
const valid = new WeakSet<object>();

/**
 * The interpreter validates on construction; ARNs are not checked, as any text may name a local function.
 * It gets a copy, because its validator writes QueryLanguage into every state.
 */
function validate(definition: Definition): void {
  if (valid.has(definition)) return;
  // The library's type cannot be told from a definition read at run time: this very call checks it.
  const copy = structuredClone(definition) as unknown as StateMachineDefinition;
  new StateMachine(copy, { validationOptions: { checkArn: false } });
  valid.add(definition);
}
