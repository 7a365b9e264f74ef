import { createLog } from "./adapters/log.ts";
import { composeSender } from "./compose-sender.ts";
import { afterAttempt, parseDelivery } from "./domain/delivery.ts";
import { placeOf } from "./domain/endpoint.ts";
import { outcomeOf } from "./domain/outcome.ts";
import type { Environment } from "./environment.ts";
import { loggingFailures } from "./failure-log.ts";
import { type DeliveryFunction, lambdaHost, onFirstCall } from "./host.ts";

/**
 * The delivery workflow's `Attempt`: one POST, signed afresh, and the decision what follows. Whatever a receiver does is a
 * decision, so that the workflow's Wait is the only backoff. Throws InvalidInput only.
 */
export function createDeliver(environment: Environment, host = lambdaHost): DeliveryFunction {
  const send = composeSender(environment, host);
  return loggingFailures(host, async (state) => {
    const delivery = parseDelivery(state.input);
    const earlier = state.output?.attempts ?? [];
    const answer = await send(delivery);
    const [now, random] = [host.now(), host.random()];
    const outcome = outcomeOf(answer, { attempt: earlier.length + 1, now, random });
    const next = afterAttempt(delivery, earlier, answer, outcome, now);
    const { attempt, status, reason = null } = next.attempt;
    const log = createLog(host.sink, { execution: state.execution.name, messageId: delivery.messageId });
    const facts = { to: placeOf(delivery.endpoint), attempt, outcome: outcome.kind, status, reason };
    log[outcome.kind === "delivered" ? "info" : "warn"]("attempted", facts);
    return { ...state, ...next };
  });
}

/** Lambda's entry. */
export const handler = onFirstCall(createDeliver);
