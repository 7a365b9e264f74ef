import { Conflict, NotFound } from "../domain/api-errors.ts";
import type { StartRequest } from "../domain/api-request.ts";
import type { DescribedExecution, StartedTransfer } from "../domain/api-transfer.ts";
import { type EndpointPolicy, requireAllowed } from "../domain/endpoint-policy.ts";
import { WorkflowsUnavailable } from "../domain/errors.ts";
import { parseInput } from "../domain/input.ts";
import { canonicalInput } from "../domain/transfer-name.ts";
import type { Workflows } from "./workflows.ts";

/** What starting, looking at and stopping transfers needs. */
export interface TransferPorts {
  /** Step Functions. */
  readonly workflows: Omit<Workflows, "list">;
  /** ARN of the transfer state machine. */
  readonly stateMachineArn: string;
  /** Which endpoints an input may name. */
  readonly policy: EndpointPolicy;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The transfers, as the HTTP API offers them. Every method throws `WorkflowsUnavailable` when Step Functions fails. */
export interface TransferOperations {
  /**
   * Starts a transfer, unless the same was started under that name before. Two callers who start the same at the same
   * moment may both be told that it is new; there is one execution all the same.
   * @throws {Conflict} when another input was started under that name
   * @throws {InvalidInput} naming the endpoints that the stack does not allow
   */
  start(request: StartRequest): Promise<StartedTransfer>;
  /** A transfer by its name; undefined is no name. @throws {NotFound} */
  look(name: string | undefined): Promise<DescribedExecution>;
  /**
   * Stops a transfer; one that is over stays as it is.
   * @param cause why, for its history. Default the HTTP API's own words
   * @throws {NotFound}
   */
  stop(name: string | undefined, cause?: string): Promise<DescribedExecution>;
}

/** Written to the history of an execution that is stopped, unless the caller has a reason of its own. */
const stopCause = "stopped by DELETE /transfers/{name} of the HTTP API";

/** The transfers of a state machine. */
export function createTransferOperations({
  workflows,
  stateMachineArn,
  policy,
  now,
}: TransferPorts): TransferOperations {
  const find = (name: string) => workflows.find(stateMachineArn, name);
  const look = async (name: string | undefined): Promise<DescribedExecution> => {
    const found = name === undefined ? undefined : await find(name);
    if (found) return found;
    throw new NotFound(`there is no transfer ${name ?? "of that name"}`);
  };
  return {
    look,
    async start({ name, input }) {
      // Looked for first: a start that finds the same execution running does not say so.
      const found = await find(name);
      if (found) return repeatOf(found, input);
      requireAllowed(parseInput(input).notify, policy);
      if (await workflows.start(stateMachineArn, name, input)) {
        // Not read back: Step Functions may not show it yet, and describes far fewer executions a second than it starts.
        return { execution: begun(name, input, now()), isNew: true };
      }
      const first = await find(name);
      if (first) return repeatOf(first, input);
      throw new WorkflowsUnavailable(
        `the transfer ${name} was started before, and Step Functions does not show it yet`,
      );
    },
    async stop(name, cause = stopCause) {
      const found = await look(name);
      if (found.stoppedAt) return found;
      await workflows.stop(stateMachineArn, found.name, cause);
      return look(name);
    },
  };
}

/** @throws {Conflict} unless the first was started with an input that means the same */
function repeatOf(first: DescribedExecution, input: object): StartedTransfer {
  if (meaning(first.input) !== canonicalInput(input)) throw new Conflict(first.name);
  return { execution: first, isNew: false };
}

/** What the first's input means; undefined when it is none: whoever starts executions directly may give anything. */
function meaning(input: unknown): string | undefined {
  try {
    return canonicalInput(input);
  } catch {
    return undefined;
  }
}

function begun(name: string, input: object, now: number): DescribedExecution {
  const open = { stoppedAt: undefined, output: undefined, error: undefined, cause: undefined };
  return { name, status: "RUNNING", startedAt: new Date(now), input, ...open };
}
