import { startJsonEndpoint } from "../aws-json/json-endpoint.ts";
import { OPERATIONS } from "./step-functions-operations.ts";
import type { Workflows } from "./workflows.ts";

/** A running endpoint. */
export interface StepFunctionsEndpoint {
  /** `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL_SFN` or an SDK's `endpoint`. */
  readonly url: string;
  /** Aborts running executions and closes every connection. */
  close(): Promise<void>;
}

/** What the endpoint serves, and where. */
export interface StepFunctionsEndpointOptions {
  readonly workflows: Workflows;
  /** Default 0: any free port. It listens on 127.0.0.1 only. */
  readonly port?: number;
}

/** An input of 262,144 bytes, each escaped as \uXXXX (6 characters), is 1.5 MiB; the other members are small. */
const BODY_BYTES = 2 * 1024 * 1024;

/** Serves Step Functions on 127.0.0.1, as `startJsonEndpoint` does. @throws {Error} if the port is taken. */
export async function startStepFunctionsEndpoint({
  workflows,
  port = 0,
}: StepFunctionsEndpointOptions): Promise<StepFunctionsEndpoint> {
  const { url, close } = await startJsonEndpoint({
    version: "1.0",
    service: "AWSStepFunctions",
    operation: (name) => {
      const found = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
      return found && ((members) => found(workflows, members));
    },
    largestBody: BODY_BYTES,
    internalFault: "InternalFailure",
    port,
  });
  return {
    url,
    close: async () => {
      workflows.close();
      await close();
    },
  };
}
