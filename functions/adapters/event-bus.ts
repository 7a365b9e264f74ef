import type { Delivery } from "../domain/delivery.ts";
import type { Answer } from "../domain/outcome.ts";
import { redact } from "../domain/redaction.ts";
import { type AwsEnvironment, clientPlace } from "./aws-environment.ts";

/** Milliseconds until EventBridge must connect, and then answer; asked at most three times. */
const requestTimeout = 3_000;

/**
 * Puts an event on an event bus: the same event as webhooks carry, with its message id inside, because EventBridge gives
 * each copy an id of its own. Never throws: what EventBridge says is an answer, and the delivery schedule decides.
 * @param source the `source` of the event, by which rules find it
 */
export async function putEvent(delivery: Delivery, environment: AwsEnvironment, source: string): Promise<Answer> {
  const { messageId, endpoint, event } = delivery;
  const { EventBridgeClient, PutEventsCommand } = await import("@aws-sdk/client-eventbridge");
  const client = new EventBridgeClient({
    ...clientPlace(environment, environment.AWS_ENDPOINT_URL_EVENTBRIDGE),
    requestHandler: {
      connectionTimeout: requestTimeout,
      requestTimeout,
      throwOnRequestTimeout: true,
    },
  });
  const entry = {
    EventBusName: endpoint,
    Source: source,
    DetailType: event.type,
    Time: new Date(event.timestamp),
    Detail: JSON.stringify({ id: messageId, ...event }),
  };
  try {
    const { Entries: [result] = [] } = await client.send(new PutEventsCommand({ Entries: [entry] }));
    if (result?.EventId) return { kind: "answered", status: 200, body: result.EventId };
    const { ErrorCode: code = "no entry in the answer", ErrorMessage: message = "" } = result ?? {};
    return { kind: "unanswered", reason: redact([code, message].filter(Boolean).join(": ")) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { kind: "unanswered", reason: `${name}: ${redact(message)}` };
  } finally {
    client.destroy();
  }
}
