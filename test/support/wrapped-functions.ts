import { createCheckStatus } from "../../functions/check-status.ts";
import { functionTimeoutSeconds, type TransferState } from "../../functions/contract.ts";
import { createDeleteProject } from "../../functions/delete-project.ts";
import { createDownloadOutputs } from "../../functions/download-outputs.ts";
import type { Environment } from "../../functions/environment.ts";
import type { Host, WorkflowFunction } from "../../functions/host.ts";
import { localStateMachineArn } from "../../lib/local/embedded-cloud.ts";
import type { SynthesizedTransfer } from "../../lib/local/synthesized-transfer.ts";
import type { LambdaFunction } from "../../lib/local/workflows/lambda-invocation.ts";
import type { StateMachineHost } from "../../lib/local/workflows/workflow-runner.ts";

/** The functions of the transfer workflow. */
const creators = {
  "check-status": [createCheckStatus, functionTimeoutSeconds.checkStatus],
  "download-outputs": [createDownloadOutputs, functionTimeoutSeconds.downloadOutputs],
  "delete-project": [createDeleteProject, functionTimeoutSeconds.deleteProject],
} as const;

/** What a test puts around functions of the workflow: a deed before it, a kill, less time. The function itself stays real. */
export type Wrappers = {
  readonly [Name in keyof typeof creators]?: (run: WorkflowFunction) => WorkflowFunction;
};

/** The transfer's state machine with its real functions, some of them wrapped. */
export function wrappedTransfer(
  { definition, functionArns }: SynthesizedTransfer,
  environment: Environment,
  host: Host,
  wrappers: Wrappers,
): StateMachineHost {
  const lambda = (name: keyof typeof creators): LambdaFunction => {
    const [create, timeoutSeconds] = creators[name];
    const run = create(environment, host);
    const wrapped = wrappers[name]?.(run) ?? run;
    return { handler: (event, context) => wrapped(event as TransferState, context), timeoutSeconds };
  };
  const functions = {
    [functionArns["check-status"]]: lambda("check-status"),
    [functionArns["download-outputs"]]: lambda("download-outputs"),
    [functionArns["delete-project"]]: lambda("delete-project"),
  };
  return { name: "audio-transfer", arn: localStateMachineArn, definition, functions };
}

/** Does something before a function each time it is called: what the world does between two steps. */
export function before(deed: () => unknown): (run: WorkflowFunction) => WorkflowFunction {
  return (run) => async (state, context) => {
    await deed();
    return run(state, context);
  };
}
