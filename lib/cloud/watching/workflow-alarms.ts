import { MathExpression } from "aws-cdk-lib/aws-cloudwatch";
import type { TransferEventType } from "../../../functions/domain/event.ts";
import { type AlarmDefinition, alarmPeriod as period } from "./alarm-definition.ts";
import type { TransferMetrics } from "./transfer-metrics.ts";
import type { Watched } from "./watched.ts";

/**
 * Polls of one transfer that are too many. A lap of the workflow is 9 events: five of `Check status` (entered, scheduled,
 * started, succeeded, exited), two of `Settled?` and two of `Wait`; an execution holds 25,000 (Step Functions quotas), so
 * 2,777 laps. 2,000 laps are 18,000 events and leave 7,000 to repeats, copies and the rest. The poll schedule needs fewer
 * than 600 polls for a year: this alarm guards against the day when that is no longer true.
 */
const tooManyPolls = 2_001;

const timedOut: TransferEventType = "transfer.timed_out";

/** Alarms of the two workflows: how transfers and deliveries end, and what slows them down. */
export function workflowAlarms(watched: Watched, metrics: TransferMetrics): AlarmDefinition[] {
  const { stateMachine, deliveries } = watched;
  return [
    {
      id: "TransfersFailed",
      meaning:
        "Transfers ended FAILED: their error names say whether the vendor, the input or this stack is the reason.",
      metric: stateMachine.metricFailed({ period }),
    },
    {
      id: "TransfersTimedOut",
      meaning: "Projects were still pending at their transfers' deadlines; the remote jobs may still finish.",
      metric: metrics.metric("Transfers", { period }, timedOut),
    },
    {
      id: "ExecutionsTimedOut",
      // No time-out is set on executions, so only Step Functions' own limit of a year is left.
      meaning: "Step Functions ended transfers after a year: nobody was told, and nothing was left to the cleanup.",
      metric: stateMachine.metricTimedOut({ period }),
    },
    {
      id: "VendorUnauthorized",
      meaning:
        "The vendor refused the API key or the account (401, 402, 403): every transfer will fail until that is cured.",
      metric: metrics.metric("TransfersUnauthorized", { period }),
    },
    {
      id: "HistoryNearLimit",
      meaning:
        "A transfer has polled more than 2,000 times: its execution nears the 25,000 events that Step Functions holds.",
      metric: metrics.metric("PollNumber", { period, statistic: "Maximum" }),
      raisedBy: { atLeast: tooManyPolls },
    },
    // No time-out is set on deliveries either, and what somebody stops needs no alarm: failed is all there is.
    {
      id: "Undelivered",
      meaning: "Events were not delivered to an endpoint: attempts are used up or it refused them.",
      metric: deliveries.metricFailed({ period }),
    },
    {
      id: "Unannounced",
      meaning: "Transfers ended and not everybody was told, because deliveries could not be started.",
      metric: metrics.metric("NotAnnounced", { period }),
    },
    {
      id: "CleanupNotScheduled",
      meaning: "Transfers left something to the cleanup and could not write it down: nobody will finish it by itself.",
      metric: metrics.metric("CleanupNotScheduled", { period }),
    },
    ...throttlingAlarms(watched),
  ];
}

/** Periods of throttling that are too many: a burst that is over in a quarter of an hour is what the retries are for. */
const throttledPeriods = 3;

/**
 * What slows work down. Neither runs the cleanup: that would start more of what there is too much of.
 * Sums are made with `+`, for which missing values are 0 (CloudWatch User Guide, "Basic arithmetic functions"); an alarm
 * takes ten metrics at most, and here is one for each function.
 */
function throttlingAlarms({ stateMachine, deliveries, functions }: Watched): AlarmDefinition[] {
  const throttles = Object.values(functions).map((watched) => watched?.function.metricThrottles({ period }) ?? []);
  const usingMetrics = Object.fromEntries(throttles.flat().map((metric, index) => [`f${index}`, metric]));
  return [
    {
      id: "ExecutionsThrottled",
      meaning:
        "Step Functions has held back state transitions for a quarter of an hour: the quota is too small for this load.",
      metric: new MathExpression({
        expression: "transfers + deliveries",
        usingMetrics: {
          transfers: stateMachine.metricThrottled({ period }),
          deliveries: deliveries.metricThrottled({ period }),
        },
        period,
      }),
      periods: throttledPeriods,
      tellsEnd: true,
    },
    {
      id: "FunctionsThrottled",
      meaning: "Lambda has refused calls for a quarter of an hour: the account's concurrency is used up.",
      metric: new MathExpression({ expression: Object.keys(usingMetrics).join(" + "), usingMetrics, period }),
      periods: throttledPeriods,
      tellsEnd: true,
    },
  ];
}
