import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { Delivery } from "../domain/delivery.ts";
import type { Answer } from "../domain/outcome.ts";
import { redact } from "../domain/redaction.ts";
import { type AwsEnvironment, clientPlace, shortRequests } from "./aws-environment.ts";

/** Puts events on event buses. */
export interface EventBus {
  /**
   * Puts an event on the bus of the delivery's ARN: the same event as webhooks carry, with its message id inside, because
   * EventBridge gives each copy an id of its own. Never throws: what EventBridge says is an answer, and the delivery
   * schedule decides.
   */
  put(delivery: Delivery): Promise<Answer>;
}

/**
 * EventBridge, from the environment. The client is loaded at the first event, because webhooks need none.
 * @param source the `source` of the events, by which rules find them
 * @param bucket name of the bucket that outputs go to: its ARN tells the events of several stacks apart
 */
export function createEventBus(environment: AwsEnvironment, source: string, bucket: string): EventBus {
  const seen = new Set<string>();
  return {
    async put(delivery) {
      const client = await openClient(environment);
      try {
        if (!seen.has(delivery.endpoint) && (await isMissing(client, delivery.endpoint))) {
          return { kind: "unanswered", reason: `there is no event bus ${delivery.endpoint}` };
        }
        seen.add(delivery.endpoint);
        return await putEvent(client, delivery, { source, bucket });
      } catch (error) {
        const { name, message } = error instanceof Error ? error : new Error(String(error));
        return { kind: "unanswered", reason: `${name}: ${redact(message)}` };
      } finally {
        client.destroy();
      }
    },
  };
}

async function openClient(environment: AwsEnvironment): Promise<EventBridgeClient> {
  const { EventBridgeClient } = await import("@aws-sdk/client-eventbridge");
  return new EventBridgeClient({
    ...clientPlace(environment, environment.AWS_ENDPOINT_URL_EVENTBRIDGE),
    requestHandler: shortRequests(),
  });
}

/**
 * Whether a bus is known not to be there. PutEvents succeeds all the same then, and the event is lost (as others have
 * recorded it; not verified against live AWS). The default bus is always there, and one of another account may not be
 * looked at: that is no reason not to try.
 */
async function isMissing(client: EventBridgeClient, busArn: string): Promise<boolean> {
  if (busArn.endsWith(":event-bus/default")) return false;
  const { DescribeEventBusCommand } = await import("@aws-sdk/client-eventbridge");
  return client.send(new DescribeEventBusCommand({ Name: busArn })).then(
    () => false,
    (error: unknown) => error instanceof Error && error.name === "ResourceNotFoundException",
  );
}

async function putEvent(
  client: EventBridgeClient,
  { messageId, endpoint, event }: Delivery,
  { source, bucket }: { readonly source: string; readonly bucket: string },
): Promise<Answer> {
  const { PutEventsCommand } = await import("@aws-sdk/client-eventbridge");
  const entry = {
    EventBusName: endpoint,
    Source: source,
    DetailType: event.type,
    Time: new Date(event.timestamp),
    // In the partition of the bus: aws, aws-cn, aws-us-gov.
    Resources: [`arn:${endpoint.split(":")[1]}:s3:::${bucket}`],
    Detail: JSON.stringify({ id: messageId, ...event }),
  };
  const { Entries: [result] = [] } = await client.send(new PutEventsCommand({ Entries: [entry] }));
  if (result?.EventId) return { kind: "answered", status: 200, body: result.EventId };
  const { ErrorCode: code = "no entry in the answer", ErrorMessage: message = "" } = result ?? {};
  return { kind: "unanswered", reason: redact([code, message].filter(Boolean).join(": ")) };
}
