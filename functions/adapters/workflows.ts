import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { NotifierUnavailable } from "../domain/errors.ts";
import { redact } from "../domain/redaction.ts";
import { type AwsEnvironment, clientPlace, shortRequests } from "./aws-environment.ts";

/** Starts executions. */
export interface Workflows {
  /**
   * Starts an execution under a name, unless one of that name was started before (Step Functions remembers for 90 days).
   * @throws {NotifierUnavailable} when Step Functions does not start it
   */
  start(stateMachineArn: string, name: string, input: object): Promise<void>;
}

/** Times it is asked, before the workflow's own Retry waits longer. */
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
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return;
        const { name: fault, message } = error instanceof Error ? error : new Error(String(error));
        throw new NotifierUnavailable(`the delivery ${name} was not started: ${fault}: ${redact(message)}`);
      }
    },
  };
}
