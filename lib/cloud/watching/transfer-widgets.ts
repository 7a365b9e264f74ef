import { Duration } from "aws-cdk-lib";
import { GraphWidget, type IWidget, MathExpression, type Metric } from "aws-cdk-lib/aws-cloudwatch";
import { eventTypes } from "../../../functions/domain/event.ts";
import type { Outcome } from "../../../functions/domain/outcome.ts";
import type { TransferMetrics } from "./transfer-metrics.ts";
import type { Watched } from "./watched.ts";

/** Period of the graphs. */
export const graphPeriod = Duration.minutes(5);

/** Units of the dashboard's grid that a graph is wide: three in a row of 24. */
export const graphWidth = 8;

const outcomes = ["delivered", "retry", "rejected", "exhausted"] as const satisfies readonly Outcome["kind"][];

const period = graphPeriod;

/** Graphs of what transfers do, in rows. */
export function transferWidgets(watched: Watched, metrics: TransferMetrics): IWidget[][] {
  const byType = eventTypes.map((label) => metrics.metric("Transfers", { period, label }, label));
  const byOutcome = outcomes.map((label) => metrics.metric("DeliveryAttempts", { period, label }, label));
  const graph = (title: string, left: (Metric | MathExpression)[], label: string, stacked = false) =>
    new GraphWidget({ title, left, leftYAxis: { min: 0, label, showUnits: false }, stacked, width: graphWidth });
  const named = (name: "SecondsToManifest" | "PollsOfTransfer", statistic: string, label: string) =>
    metrics.metric(name, { period, statistic, label });
  return [
    [
      graph("Transfers by outcome", byType, "transfers", true),
      graph(
        "From complete to manifest",
        [named("SecondsToManifest", "p50", "half (p50)"), named("SecondsToManifest", "p99", "99 % (p99)")],
        "seconds",
      ),
      new GraphWidget({
        title: "Running",
        left: [runningMetric(watched)],
        // Fewer than at the left edge is below 0.
        leftYAxis: { label: "executions", showUnits: false },
        width: graphWidth,
      }),
    ],
    [
      graph("Copied", [metrics.metric("BytesCopied", { period, label: "bytes" })], "bytes"),
      graph(
        "Polls of a transfer",
        [named("PollsOfTransfer", "Average", "mean"), named("PollsOfTransfer", "Maximum", "most")],
        "polls",
      ),
      graph("Attempts to deliver", byOutcome, "attempts", true),
    ],
  ];
}

/**
 * Transfers that run: all that started, without all that ended. There is no such metric for one state machine, so it is
 * added up from the left edge of the graph: what ran there already is missing.
 */
function runningMetric({ stateMachine }: Watched): MathExpression {
  return new MathExpression({
    label: "more than at the left edge",
    expression: "RUNNING_SUM(started - succeeded - failed - aborted - timedOut)",
    usingMetrics: {
      started: stateMachine.metricStarted({ period }),
      succeeded: stateMachine.metricSucceeded({ period }),
      failed: stateMachine.metricFailed({ period }),
      aborted: stateMachine.metricAborted({ period }),
      timedOut: stateMachine.metricTimedOut({ period }),
    },
    period,
  });
}
