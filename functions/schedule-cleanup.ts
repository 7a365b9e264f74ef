import { createLog } from "./adapters/log.ts";
import { createMarkerStore } from "./adapters/marker-store.ts";
import { createS3Client } from "./adapters/s3-client.ts";
import { environmentNames } from "./contract.ts";
import { markerOf } from "./domain/left-marker.ts";
import { cleanupPolicy, type Environment, requireVariable } from "./environment.ts";
import { loggingFailures } from "./failure-log.ts";
import { lambdaHost, onFirstCall, type WorkflowFunction } from "./host.ts";

/** Time kept back from a write that stalls, in milliseconds, so that it ends by name and is repeated. */
const reserve = 1_000;

/**
 * The workflow's `Schedule cleanup`: writes the marker that the transfer leaves to the cleanup, if it leaves one. Throws
 * StoreUnavailable and CopyInterrupted, which the workflow repeats; whatever it throws, the transfer ends as it would have.
 */
export function createScheduleCleanup(environment: Environment, host = lambdaHost): WorkflowFunction {
  const markers = createMarkerStore(createS3Client(environment), requireVariable(environment, environmentNames.bucket));
  const policy = cleanupPolicy(environment);
  return loggingFailures(host, async (state, context) => {
    const marker = markerOf(state, policy, host.now());
    if (!marker) return state;
    await markers.write(marker, AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - reserve)));
    const { id, kind, due } = marker;
    const log = createLog(host.sink, { execution: state.execution.name });
    log.info("left to the cleanup", { id, kind, due: new Date(due).toISOString() });
    return state;
  });
}

/** Lambda's entry. */
export const handler = onFirstCall(createScheduleCleanup);
