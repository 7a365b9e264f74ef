import { deleteVerified } from "./adapters/delete-verified.ts";
import { createLog } from "./adapters/log.ts";
import { composeStore } from "./compose-store.ts";
import { composeVendor } from "./compose-vendor.ts";
import { TransferFailed } from "./domain/errors.ts";
import { parseInput } from "./domain/input.ts";
import { afterDelete } from "./domain/transfer-output.ts";
import type { Environment } from "./environment.ts";
import { loggingFailures } from "./failure-log.ts";
import { lambdaHost, onFirstCall, requireOutput, type WorkflowFunction } from "./host.ts";

/**
 * The workflow's `Delete project`: deletes the remote project after verifying everything itself, whatever ran before it.
 * Throws TransferFailed when it refuses, and passing errors when the outcome is open.
 */
export function createDeleteProject(environment: Environment, host = lambdaHost): WorkflowFunction {
  const vendor = composeVendor(environment, host);
  const store = composeStore(environment);
  return loggingFailures(host, async (state, context) => {
    const transfer = parseInput(state.input);
    if (!transfer.deleteAfterDownload)
      throw new TransferFailed(`project ${transfer.id} is not deleted: nobody asked for it`);
    const log = createLog(host.sink, { execution: state.execution.name });
    const signal = AbortSignal.timeout(context.getRemainingTimeInMillis());
    await deleteVerified(transfer, { ...vendor, store, log, signal });
    return { ...state, output: afterDelete(requireOutput(state), host.now()) };
  });
}

/** Lambda's entry. */
export const handler = onFirstCall(createDeleteProject);
