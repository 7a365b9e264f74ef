import { createLog } from "./adapters/log.ts";
import { composeVendor } from "./compose-vendor.ts";
import { readCleanupName } from "./domain/cleanup-name.ts";
import { deferred, givenUpAt } from "./domain/deferral.ts";
import { requireAllowed } from "./domain/endpoint-policy.ts";
import { parseInput } from "./domain/input.ts";
import { afterPoll } from "./domain/transfer-output.ts";
import type { Turn } from "./domain/vendor-queue.ts";
import { type Decision, decide, noPolls, type Observation, type PollContext } from "./domain/verdict.ts";
import { type Environment, endpointPolicy, pollDefaults } from "./environment.ts";
import { loggingFailures } from "./failure-log.ts";
import { lambdaHost, onFirstCall, type WorkflowFunction } from "./host.ts";

/**
 * The workflow's `Check status`: one poll, and the decision what follows. Whatever may pass (no answer, 429, 5xx) is a
 * decision to wait, so that the workflow's Wait state is the only backoff of polls. While the vendor limits the account, a
 * poll whose turn is further off than a few seconds is not sent: that, too, is a decision to wait.
 * Throws InvalidInput, Unauthorized or TransferFailed, which the workflow catches by name.
 */
export function createCheckStatus(environment: Environment, host = lambdaHost): WorkflowFunction {
  const { magicHour, pacer } = composeVendor(environment, host);
  const policy = endpointPolicy(environment);
  const { deadlineSeconds, shortestInterval } = pollDefaults(environment);
  return loggingFailures(host, async (state) => {
    const { name: execution, startedAt } = state.execution;
    const transfer = parseInput(state.input, { deadlineSeconds });
    // Once, at the first poll: a policy that is tightened later must not fail a transfer that is under way, or that the
    // cleanup goes on with.
    if (!state.check && !readCleanupName(execution)) requireAllowed(transfer.notify, policy);
    const began = Date.parse(startedAt);
    const isLast = host.now() >= givenUpAt(transfer, began);
    const pass = await pacer.poll({ turn: state.check?.turn, isLast });
    const poll = pass.kind === "go" ? { ...pass, observation: await magicHour.getProject(transfer.id, true) } : pass;
    const [now, random] = [host.now(), host.random()];
    const context = {
      transfer,
      counts: state.check?.counts ?? noPolls,
      now,
      startedAt: began,
      random,
      shortestInterval,
    };
    const decision = poll.kind === "go" ? decideAfter(poll, context) : deferred(poll, context);
    const { failure, verdict, ...check } = decision;
    const observation = poll.kind === "go" ? poll.observation : undefined;
    const output = afterPoll(transfer, observation, decision, { startedAt, now, previous: state.output });
    const { id, status, polls } = output;
    const log = createLog(host.sink, { execution });
    if (!observation) log.info("not polled yet", { id, seconds: check.waitSeconds ?? 0, polls });
    else log[failure ? "warn" : "info"]("polled", { id, verdict, status, next: check.next, polls });
    return { ...state, transfer, check, output, ...(failure && { failure }) };
  });
}

/** A poll that failed keeps its turn: who is refused comes back before those who come for the first time. */
function decideAfter({ observation, turn }: { observation: Observation; turn: Turn }, context: PollContext): Decision {
  const decision = decide(observation, context);
  const isFailed = observation.kind === "unavailable" && decision.next === "wait";
  return isFailed ? { ...decision, turn } : decision;
}

/** Lambda's entry. */
export const handler = onFirstCall(createCheckStatus);
