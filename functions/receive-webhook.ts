import { inTime } from "./adapters/answer-in-time.ts";
import { createLog } from "./adapters/log.ts";
import { composeVendorWebhook } from "./compose-vendor-webhook.ts";
import { type ApiAnswer, writeAnswer } from "./domain/api-answer.ts";
import { readSignedRequest, requireSigned } from "./domain/vendor-signature.ts";
import { parseVendorEvent } from "./domain/vendor-webhook.ts";
import { refusalOf } from "./domain/vendor-webhook-answer.ts";
import { WebhookNotTaken } from "./domain/vendor-webhook-errors.ts";
import type { Environment } from "./environment.ts";
import { lambdaHost, onFirstCall } from "./host.ts";
import type { HttpEvent, HttpFunction } from "./http-event.ts";

/**
 * Milliseconds that are left of the function's 9 s when it gives up: so the answer takes 7 s, and of the 10 s for which
 * the vendor waits 3 are left for a cold start and the way.
 */
const spareMilliseconds = 2_000;

/**
 * The vendor's webhook: starts the transfer of a project that has settled, and answers. Nothing of the webhook is believed
 * but that it is the vendor's, its type and the project's id. What goes wrong here is answered so that it is sent again.
 */
export function createReceiveWebhook(environment: Environment, host = lambdaHost): HttpFunction {
  const { secrets, start } = composeVendorWebhook(environment, host);
  const log = createLog(host.sink);
  const receive = async (event: HttpEvent): Promise<ApiAnswer> => {
    const request = readSignedRequest(event);
    requireSigned(request, await secrets.read(), host.now());
    const told = parseVendorEvent(request.body);
    const transfer = told.settled ? await start(told) : undefined;
    const facts = { event: told.type, id: told.id, execution: transfer?.execution ?? null };
    log.info("webhook received", { ...facts, started: transfer?.started ?? false });
    if (!transfer) return { status: 204 };
    return { status: transfer.started ? 202 : 200, content: { name: transfer.execution, started: transfer.started } };
  };
  return async (event, context) => {
    try {
      const milliseconds = context.getRemainingTimeInMillis() - spareMilliseconds;
      return writeAnswer(await inTime(receive(event), milliseconds, new WebhookNotTaken("no answer in time")));
    } catch (error) {
      const { answer, reason } = refusalOf(error);
      log.warn("webhook refused", { reason });
      return writeAnswer(answer);
    }
  };
}

/** Lambda's entry. */
export const handler = onFirstCall(createReceiveWebhook);
