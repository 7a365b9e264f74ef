import { createLog } from "./adapters/log.ts";
import { createWorkflows } from "./adapters/workflows.ts";
import { environmentNames } from "./contract.ts";
import { deliveryNameOf } from "./domain/endpoint.ts";
import { endpointsToTell, notAllowed } from "./domain/endpoint-policy.ts";
import { buildEvent, messageIdOf } from "./domain/event.ts";
import { configuredEndpoints, type Environment, endpointPolicy, requireVariable } from "./environment.ts";
import { loggingFailures } from "./failure-log.ts";
import { lambdaHost, onFirstCall, type WorkflowFunction } from "./host.ts";

/**
 * The workflow's `Notify`: starts one delivery for each endpoint, by a name that makes a second start harmless. It sends
 * nothing itself, so that no receiver has a say in the transfer. Throws WorkflowsUnavailable, which the workflow repeats.
 */
export function createNotify(environment: Environment, host = lambdaHost): WorkflowFunction {
  const workflows = createWorkflows(environment);
  const deliveries = requireVariable(environment, environmentNames.deliveryStateMachine);
  const bus = requireVariable(environment, environmentNames.eventBus);
  const own = [bus, ...configuredEndpoints(environment).map(({ url }) => url)];
  const policy = endpointPolicy(environment);
  return loggingFailures(host, async (state) => {
    const event = buildEvent(state, host.now());
    const messageId = messageIdOf(event);
    const endpoints = endpointsToTell(state.input, policy, own);
    await Promise.all(
      endpoints.map((endpoint) =>
        workflows.start(deliveries, deliveryNameOf(messageId, endpoint), { messageId, endpoint, event }),
      ),
    );
    const log = createLog(host.sink, { execution: state.execution.name });
    const { id, error, polls } = event.data;
    const facts = { id, type: event.type, error: error?.name ?? null, polls, messageId, endpoints: endpoints.length };
    // Allowed when the transfer began, and no longer: a policy that was tightened meanwhile.
    const leftOut = state.transfer ? notAllowed(state.transfer.notify, policy).length : 0;
    log[leftOut > 0 ? "warn" : "info"]("announced", { ...facts, leftOut });
    return { ...state, ...(state.output && { output: { ...state.output, announced: true } }) };
  });
}

/** Lambda's entry. */
export const handler = onFirstCall(createNotify);
