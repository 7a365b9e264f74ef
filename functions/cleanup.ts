import { createLog } from "./adapters/log.ts";
import { createMarkerStore } from "./adapters/marker-store.ts";
import { createS3Client } from "./adapters/s3-client.ts";
import { sweep } from "./adapters/sweep.ts";
import { createWorkflows } from "./adapters/workflows.ts";
import { composeVendor } from "./compose-vendor.ts";
import { environmentNames } from "./contract.ts";
import { type CleanupCounts, triggerOf } from "./domain/cleanup-summary.ts";
import { cleanupPolicy, type Environment, requireVariable } from "./environment.ts";
import { type FunctionContext, lambdaHost, onFirstCall } from "./host.ts";

/** The cleanup: takes what triggered it, returns what it did. */
export type CleanupFunction = (event: unknown, context: FunctionContext) => Promise<Readonly<CleanupCounts>>;

/**
 * One pass of the cleanup, whatever triggered it: an EventBridge schedule, a CloudWatch alarm's action, or somebody by hand.
 * Throws what stopped the pass, so that Lambda repeats it and its alarm sees it; not when only its time was up.
 */
export function createCleanup(environment: Environment, host = lambdaHost): CleanupFunction {
  const { magicHour } = composeVendor(environment, host);
  const workflows = createWorkflows(environment);
  const place = { client: createS3Client(environment), bucket: requireVariable(environment, environmentNames.bucket) };
  const markers = createMarkerStore(place.client, place.bucket);
  const stateMachineArn = requireVariable(environment, environmentNames.transferStateMachine);
  const uploads = environment[environmentNames.abortOrphanedUploads] === "true" ? place : undefined;
  const ports = { markers, magicHour, workflows, stateMachineArn, uploads, ...cleanupPolicy(environment) };
  return async (event, context) => {
    const log = createLog(host.sink);
    const remaining = () => context.getRemainingTimeInMillis();
    const { counts, fault } = await sweep({ ...ports, now: host.now, remaining, log });
    log[fault ? "warn" : "info"]("swept", { trigger: triggerOf(event), ...counts });
    if (fault) throw fault;
    return counts;
  };
}

/** Lambda's entry. */
export const handler = onFirstCall(createCleanup);
