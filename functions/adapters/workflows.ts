import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  InvalidName,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import type { DescribedExecution } from "../domain/api-transfer.ts";
import { WorkflowsUnavailable } from "../domain/errors.ts";
import { redact } from "../domain/redaction.ts";
import { type AwsEnvironment, clientPlace, shortRequests } from "./aws-environment.ts";

/** Starts, looks at and stops executions. Every method throws {@link WorkflowsUnavailable} when Step Functions fails. */
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
}

/** Times it is asked, before whoever asks waits longer. */
const mostAttempts = 3;

/** Step Functions, from the environment. */
export function createWorkflows(environment: AwsEnvironment): Workflows {
  const client = new SFNClient({
    ...clientPlace(environment, environment.AWS_ENDPOINT_URL_SFN),
    maxAttempts: mostAttempts,
    requestHandler: shortRequests(),
  });
  return {
    async start(stateMachineArn, name, input) {
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
        return true;
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return false;
        throw unavailable(`the execution ${name} was not started`, error);
      }
    },
    async find(stateMachineArn, name) {
      try {
        const command = new DescribeExecutionCommand({ executionArn: executionArnOf(stateMachineArn, name) });
        const { status = "RUNNING", startDate, stopDate, input, output, error, cause } = await client.send(command);
        const startedAt = startDate ?? new Date(0);
        return { name, status, startedAt, stoppedAt: stopDate, input: json(input), output: json(output), error, cause };
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist || error instanceof InvalidName) return undefined;
        throw unavailable(`the execution ${name} cannot be looked at`, error);
      }
    },
    async stop(stateMachineArn, name, cause) {
      const executionArn = executionArnOf(stateMachineArn, name);
      try {
        await client.send(new StopExecutionCommand({ executionArn, error: "Stopped", cause }));
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return;
        throw unavailable(`the execution ${name} was not stopped`, error);
      }
    },
  };
}

/** An execution's ARN (Step Functions API reference, `executionArn`): its state machine's, and its name behind. */
function executionArnOf(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
}

function json(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}

function unavailable(what: string, error: unknown): WorkflowsUnavailable {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return new WorkflowsUnavailable(`${what}: ${name}: ${redact(message)}`);
}
