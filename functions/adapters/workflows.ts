import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type ExecutionListItem,
  type ExecutionStatus,
  InvalidName,
  paginateListExecutions,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import type { DescribedExecution } from "../domain/api-transfer.ts";
import { WorkflowsUnavailable } from "../domain/errors.ts";
import { redact } from "../domain/redaction.ts";
import { type AwsEnvironment, clientPlace, shortRequests } from "./aws-environment.ts";

/** An execution, as far as a list shows it. */
export type ListedExecution = Pick<DescribedExecution, "name" | "status" | "startedAt" | "stoppedAt">;

/** Which executions are listed. */
export interface ExecutionFilter {
  /** Only those of this status. Default all. */
  readonly status?: ExecutionStatus | undefined;
  /** Most that are listed, at least 1. Default all. */
  readonly limit?: number | undefined;
}

/** Starts, looks at, stops and lists executions. Every method throws {@link WorkflowsUnavailable} when Step Functions fails. */
export interface Workflows {
  /**
   * Starts an execution under a name, unless one of that name was started before (Step Functions remembers for 90 days).
   * @returns false when one of that name is over already, or runs with other input
   */
  start(stateMachineArn: string, name: string, input: object): Promise<boolean>;
  /** The execution of that name; undefined when there is none, or when its 90 days are over. */
  find(stateMachineArn: string, name: string): Promise<DescribedExecution | undefined>;
  /** Stops an execution; one that is over, or was never there, stays as it is. @param cause why, for its history */
  stop(stateMachineArn: string, name: string, cause: string): Promise<void>;
  /** The executions of the last 90 days, newest first, fetched page by page as they are taken. */
  list(stateMachineArn: string, filter?: ExecutionFilter): AsyncIterable<ListedExecution>;
}

/** Times it is asked, before whoever asks waits longer. */
const mostAttempts = 3;

/** Most executions on a page (Step Functions API reference, ListExecutions, `maxResults`). */
const largestPage = 1_000;

/** A client of Step Functions, from the environment. */
export function createSfnClient(environment: AwsEnvironment): SFNClient {
  return new SFNClient({
    ...clientPlace(environment, environment.AWS_ENDPOINT_URL_SFN),
    maxAttempts: mostAttempts,
    requestHandler: shortRequests(),
  });
}

/** Step Functions, from the environment. */
export function createWorkflows(environment: AwsEnvironment): Workflows {
  return workflowsOf(createSfnClient(environment));
}

/**
 * Step Functions, as a client reaches it.
 * @param signal ends every call, which then rejects with the signal's reason. Default none
 */
export function workflowsOf(client: SFNClient, signal?: AbortSignal): Workflows {
  const options = signal ? { abortSignal: signal } : {};
  const failed = (what: string, error: unknown) => (signal?.aborted ? signal.reason : unavailable(what, error));
  return {
    async start(stateMachineArn, name, input) {
      signal?.throwIfAborted();
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }), options);
        return true;
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return false;
        throw failed(`the execution ${name} was not started`, error);
      }
    },
    async find(stateMachineArn, name) {
      signal?.throwIfAborted();
      try {
        const command = new DescribeExecutionCommand({ executionArn: executionArnOf(stateMachineArn, name) });
        const { input, output, error, cause, ...described } = await client.send(command, options);
        return { ...listed({ ...described, name }), input: json(input), output: json(output), error, cause };
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist || error instanceof InvalidName) return undefined;
        throw failed(`the execution ${name} cannot be looked at`, error);
      }
    },
    async stop(stateMachineArn, name, cause) {
      signal?.throwIfAborted();
      const executionArn = executionArnOf(stateMachineArn, name);
      try {
        await client.send(new StopExecutionCommand({ executionArn, error: "Stopped", cause }), options);
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return;
        throw failed(`the execution ${name} was not stopped`, error);
      }
    },
    async *list(stateMachineArn, { status, limit = Number.POSITIVE_INFINITY } = {}) {
      signal?.throwIfAborted();
      const request = { stateMachineArn, ...(status && { statusFilter: status }) };
      const pageSize = Math.min(limit, largestPage);
      let left = limit;
      try {
        for await (const { executions = [] } of paginateListExecutions({ client, pageSize }, request, options)) {
          yield* executions.slice(0, left).map(listed);
          left -= executions.length;
          if (left <= 0) return;
        }
      } catch (error) {
        throw failed("the executions cannot be listed", error);
      }
    },
  };
}

/** An execution's ARN (Step Functions API reference, `executionArn`): its state machine's, and its name behind. */
function executionArnOf(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
}

function listed({ name = "", status = "RUNNING", startDate, stopDate }: Partial<ExecutionListItem>): ListedExecution {
  return { name, status, startedAt: startDate ?? new Date(0), stoppedAt: stopDate };
}

function json(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}

function unavailable(what: string, error: unknown): WorkflowsUnavailable {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return new WorkflowsUnavailable(`${what}: ${name}: ${redact(message)}`, faultOf(error));
}

/** AWS's faults have names of their own; what Node throws is called `Error` and has a code. */
function faultOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return error.name === "Error" && "code" in error ? String(error.code) : error.name;
}
