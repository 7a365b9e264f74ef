import { Duration } from "aws-cdk-lib";
import { GraphWidget, type IWidget, MathExpression, type Metric } from "aws-cdk-lib/aws-cloudwatch";
import { eventTypes } from "../../../functions/domain/event.ts";
import type { Outcome } from "../../../functions/domain/outcome.ts";
import type { LogMetricName } from "./log-metrics.ts";
import type { TransferMetrics } from "./transfer-metrics.ts";
import type { Watched } from "./watched.ts";

/** Period of the graphs. */
export const graphPeriod = Duration.minutes(5);

/** Units of the dashboard's grid that a graph is wide: three in a row of 24. */
export const graphWidth = 8;

const outcomes = ["delivered", "retry", "rejected", "exhausted"] as const satisfies readonly Outcome["kind"][];

const period = graphPeriod;

const graph = (title: string, left: Metric[], label: string, stacked = false) =>
  new GraphWidget({ title, left, leftYAxis: { min: 0, label, showUnits: false }, stacked, width: graphWidth });

/** Graphs of what transfers do, in rows. */
export function transferWidgets(watched: Watched, metrics: TransferMetrics): IWidget[][] {
  const byType = eventTypes.map((label) => metrics.metric("Transfers", { period, label }, label));
  const byOutcome = outcomes.map((label) => metrics.metric("DeliveryAttempts", { period, label }, label));
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
    copyWidgets(metrics),
    [
      graph(
        "Polls of a transfer",
        [named("PollsOfTransfer", "Average", "mean"), named("PollsOfTransfer", "Maximum", "most")],
        "polls",
      ),
      graph("Attempts to deliver", byOutcome, "attempts", true),
    ],
  ];
}

const copySpeeds = { p50: "half (p50)", p10: "slowest tenth (p10)" };

const copyTroubles = {
  CopyRetries: "calls of S3 again",
  CopyResumes: "downloads resumed",
  DownloadUrlRefreshes: "fresh download URLs",
} as const satisfies Partial<Record<LogMetricName, string>>;

/** How the copy goes: received and not copied in the end is what was begun again. */
function copyWidgets(metrics: TransferMetrics): IWidget[] {
  const troubles = Object.entries(copyTroubles) as [keyof typeof copyTroubles, string][];
  const speeds = Object.entries(copySpeeds);
  return [
    graph(
      "Copied",
      [
        metrics.metric("BytesReceived", { period, label: "received" }),
        metrics.metric("BytesCopied", { period, label: "copied" }),
      ],
      "bytes",
    ),
    graph(
      "Speed of the copy",
      speeds.map(([statistic, label]) => metrics.metric("CopyBytesPerSecond", { period, statistic, label })),
      "bytes per second",
    ),
    graph(
      "What the copy got over",
      troubles.map(([name, label]) => metrics.metric(name, { period, label })),
      "times",
    ),
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
