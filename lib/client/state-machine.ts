import type { SFNClient } from "@aws-sdk/client-sfn";
import type { AwsEnvironment } from "../../functions/adapters/aws-environment.ts";
import { createSfnClient, type Workflows, workflowsOf } from "../../functions/adapters/workflows.ts";
import { InvalidInput } from "../../functions/domain/errors.ts";
import { transferError } from "./transfer-errors.ts";

/** A state machine that is there to be asked. */
export interface StateMachine {
  /** Its ARN. */
  readonly arn: string;
  /** Its executions, as the domain's and `Transfers`' own errors tell of them. @param signal ends every call */
  workflows(signal: AbortSignal | undefined): Workflows;
  /** Closes the connections, unless the client was given. */
  close(): void;
}

/** The ARN of a state machine, without a version or an alias: their executions are the state machine's. */
const machineArn = /^arn:aws[\w-]*:states:([a-z0-9-]+):\d{12}:stateMachine:[^:\s/]{1,80}$/;

/**
 * A state machine by its ARN, which also says the region that is asked.
 * @param option what the ARN is called, for the error
 * @param client a client of the caller's own. Default one by the environment
 * @throws {InvalidInput} when it is no such ARN
 */
export function openStateMachine(
  arn: string,
  option: string,
  { environment, client }: { readonly environment: AwsEnvironment; readonly client?: SFNClient | undefined },
): StateMachine {
  const [, region] = machineArn.exec(arn) ?? [];
  if (region === undefined) throw new InvalidInput(`${option}: must be the ARN of a state machine`);
  const own = client ?? createSfnClient({ ...environment, AWS_REGION: region });
  return {
    arn,
    workflows: (signal) => withTransferErrors(workflowsOf(own, signal)),
    close: () => {
      if (!client) own.destroy();
    },
  };
}

function withTransferErrors({ start, find, stop, list }: Workflows): Workflows {
  const told = async <Result>(work: Promise<Result>): Promise<Result> => {
    try {
      return await work;
    } catch (error) {
      throw transferError(error);
    }
  };
  return {
    start: (...request) => told(start(...request)),
    find: (...request) => told(find(...request)),
    stop: (...request) => told(stop(...request)),
    async *list(...request) {
      try {
        yield* list(...request);
      } catch (error) {
        throw transferError(error);
      }
    },
  };
}
