import { Duration } from "aws-cdk-lib";
import { type AlarmDefinition, alarmPeriod as period } from "./alarm-definition.ts";
import type { TransferMetrics } from "./transfer-metrics.ts";
import type { Watched } from "./watched.ts";

/**
 * Refused webhooks in an hour that are too many. The route is public, so that now and then somebody tries it; a wrong secret
 * refuses all that come, and the vendor sends each again for a day.
 */
const tooManyRefused = 10;

/** Alarms of the HTTP API and of the route for the vendor's webhooks, where there are such. */
export function apiAlarms({ api, functions }: Watched, metrics: TransferMetrics): AlarmDefinition[] {
  if (!api) return [];
  const failing: AlarmDefinition = {
    id: "ApiFailing",
    meaning: "The HTTP API answered callers with 5xx.",
    metric: metrics.metric("ApiServerErrors", { period }),
    tellsEnd: true,
  };
  if (!functions["receive-webhook"]) return [failing];
  return [
    failing,
    {
      id: "WebhookReceiverFailing",
      meaning:
        "The vendor's webhooks were answered with 5xx; the vendor sends them again for a day, and polling goes on.",
      metric: metrics.metric("WebhookServerErrors", { period }),
      tellsEnd: true,
    },
    {
      id: "WebhooksRefused",
      meaning:
        "Ten webhooks and more were refused within an hour: the secret is not the vendor's, or somebody tries to forge.",
      metric: metrics.metric("WebhooksRefused", { period: Duration.hours(1) }),
      raisedBy: { atLeast: tooManyRefused },
    },
  ];
}
