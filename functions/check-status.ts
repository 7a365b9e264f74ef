import { createLog } from "./adapters/log.ts";
import { composeVendor } from "./compose-vendor.ts";
import { readCleanupName } from "./domain/cleanup-name.ts";
import { requireAllowed } from "./domain/endpoint-policy.ts";
import { parseInput } from "./domain/input.ts";
import { afterPoll } from "./domain/transfer-output.ts";
import { decide, noPolls } from "./domain/verdict.ts";
import { type Environment, endpointPolicy, pollDefaults } from "./environment.ts";
import { loggingFailures } from "./failure-log.ts";
import { lambdaHost, onFirstCall, type WorkflowFunction } from "./host.ts";

/**
 * The workflow's `Check status`: one poll, and the decision what follows. Whatever may pass (no answer, 429, 5xx) is a
 * decision to wait, so that the workflow's Wait state is the only backoff of polls.
 * Throws InvalidInput, Unauthorized or TransferFailed, which the workflow catches by name.
 */
export function createCheckStatus(environment: Environment, host = lambdaHost): WorkflowFunction {
  const { magicHour } = composeVendor(environment, host);
  const policy = endpointPolicy(environment);
  const { deadlineSeconds, shortestInterval } = pollDefaults(environment);
  return loggingFailures(host, async (state) => {
    const { name: execution, startedAt } = state.execution;
    const transfer = parseInput(state.input, { deadlineSeconds });
    // Once, at the first poll: a policy that is tightened later must not fail a transfer that is under way, or that the
    // cleanup goes on with.
    if (!state.check && !readCleanupName(execution)) requireAllowed(transfer.notify, policy);
    const observation = await magicHour.getProject(transfer.id);
    const [now, random] = [host.now(), host.random()];
    const counts = state.check?.counts ?? noPolls;
    const moment = { now, startedAt: Date.parse(startedAt), random, shortestInterval };
    const decision = decide(observation, { transfer, counts, ...moment });
    const { failure, verdict, ...check } = decision;
    const output = afterPoll(transfer, observation, decision, { startedAt, now, previous: state.output });
    const { id, status, polls } = output;
    const log = createLog(host.sink, { execution });
    log[failure ? "warn" : "info"]("polled", { id, verdict, status, next: check.next, polls });
    return { ...state, transfer, check, output, ...(failure && { failure }) };
  });
}

/** Lambda's entry. */
export const handler = onFirstCall(createCheckStatus);
