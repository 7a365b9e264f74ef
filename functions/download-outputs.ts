import { copyProject } from "./adapters/copy-project.ts";
import { createLog } from "./adapters/log.ts";
import { composeStore } from "./compose-store.ts";
import { composeVendor } from "./compose-vendor.ts";
import { defaultMaxOutputBytes, environmentNames } from "./contract.ts";
import { parseInput } from "./domain/input.ts";
import { manifestKey } from "./domain/object-key.ts";
import { afterCopy, copyFigures, fitReceipts } from "./domain/transfer-output.ts";
import { type Environment, wholeNumberVariable } from "./environment.ts";
import { loggingFailures } from "./failure-log.ts";
import { lambdaHost, onFirstCall, requireOutput, type WorkflowFunction } from "./host.ts";

/**
 * The workflow's `Download outputs`: copies what is not verified in S3 yet and writes the manifest, or says that more is
 * left for another run. Throws passing errors for the workflow's Retry and terminal ones for its Catch.
 */
export function createDownloadOutputs(environment: Environment, host = lambdaHost): WorkflowFunction {
  const vendor = composeVendor(environment, host);
  const store = composeStore(environment);
  const maxOutputBytes = wholeNumberVariable(environment, environmentNames.maxOutputBytes, {
    least: 1,
    fallback: defaultMaxOutputBytes,
  });
  return loggingFailures(host, async (state, context) => {
    const transfer = parseInput(state.input);
    const log = createLog(host.sink, { execution: state.execution.name });
    const ports = { ...vendor, store, maxOutputBytes, now: host.now, log };
    const outcome = await copyProject(transfer, ports, {
      remaining: () => context.getRemainingTimeInMillis(),
      earlier: state.copy?.receipts ?? [],
      isKnownGone: state.output?.verdict === "gone",
    });
    if (outcome.more) return { ...state, copy: { more: true, receipts: fitReceipts(outcome.receipts).outputs } };
    const [seen, now] = [requireOutput(state), host.now()];
    log.info("copied", { id: transfer.id, ...copyFigures(outcome.manifest, seen, now) });
    const place = { bucket: store.bucket, key: manifestKey(transfer.downloadDirectory) };
    const output = afterCopy(seen, transfer, { ...outcome, ...place }, now);
    return { ...state, copy: { more: false }, output };
  });
}

/** Lambda's entry. */
export const handler = onFirstCall(createDownloadOutputs);
