import { Duration } from "aws-cdk-lib";
import { GraphWidget, type IWidget, MathExpression, SingleValueWidget } from "aws-cdk-lib/aws-cloudwatch";
import { markerKinds } from "../../../functions/domain/cleanup-name.ts";
import { costEstimate } from "./cost-estimate.ts";
import type { LogMetricName } from "./log-metrics.ts";
import type { TransferMetrics } from "./transfer-metrics.ts";
import { graphPeriod as period, graphWidth as width } from "./transfer-widgets.ts";
import type { Watched } from "./watched.ts";

/** Graphs of what serves the transfers, in rows: the cleanup, the functions, the HTTP API, and what all of it costs. */
export function serviceWidgets(watched: Watched, metrics: TransferMetrics): IWidget[][] {
  return [
    [leftWidget(metrics), cleanupWidget(watched, metrics), functionsWidget(watched)],
    apiWidgets(watched, metrics),
    costWidgets(watched, metrics),
  ].filter((row) => row.length > 0);
}

function leftWidget(metrics: TransferMetrics): IWidget {
  return new GraphWidget({
    title: "Left to the cleanup",
    left: markerKinds.map((kind) => metrics.metric("LeftToCleanup", { period, label: kind }, kind)),
    leftYAxis: { min: 0, label: "markers", showUnits: false },
    stacked: true,
    width,
  });
}

const cleanupFigures = {
  CleanupDue: "due",
  CleanupStarted: "transfers started",
  CleanupWaiting: "left again, for later",
  CleanupGivenUp: "given up",
  CleanupOverdueDeletions: "deletions overdue",
  CleanupUnreadable: "unreadable",
  CleanupFailed: "failed",
  CleanupUploadsAborted: "uploads aborted",
} as const satisfies Partial<Record<LogMetricName, string>>;

function cleanupWidget({ cleanup }: Watched, metrics: TransferMetrics): IWidget {
  const each = cleanup.interval.isUnresolved() ? Duration.hours(1) : cleanup.interval;
  const figures = Object.entries(cleanupFigures) as [LogMetricName, string][];
  return new GraphWidget({
    title: "Cleanup",
    left: figures.map(([name, label]) => metrics.metric(name, { period: each, label })),
    right: [metrics.metric("CleanupPasses", { period: each, label: "passes" })],
    leftYAxis: { min: 0, showUnits: false },
    rightYAxis: { min: 0, label: "passes", showUnits: false },
    width,
  });
}

function functionsWidget({ functions }: Watched): IWidget {
  const all = Object.entries(functions).flatMap(([name, watched]) => (watched ? [{ name, ...watched }] : []));
  return new GraphWidget({
    title: "Functions: errors, and refused calls on the right",
    left: all.map(({ name, function: one }) => one.metricErrors({ period, label: name })),
    right: all.map(({ name, function: one }) => one.metricThrottles({ period, label: `${name} refused` })),
    leftYAxis: { min: 0, showUnits: false },
    rightYAxis: { min: 0, showUnits: false },
    width,
  });
}

function apiWidgets({ api, functions }: Watched, metrics: TransferMetrics): IWidget[] {
  if (!api) return [];
  const { stage } = api;
  const sum = { period, statistic: "Sum" };
  const answers = new GraphWidget({
    title: "HTTP API: requests and answers",
    left: [
      stage.metricCount({ ...sum, label: "requests" }),
      stage.metricClientError({ ...sum, label: "4xx" }),
      stage.metricServerError({ ...sum, label: "5xx" }),
    ],
    leftYAxis: { min: 0, showUnits: false },
    width,
  });
  const latency = new GraphWidget({
    title: "HTTP API: time to answer",
    left: [
      stage.metricLatency({ period, statistic: "p50", label: "half (p50)" }),
      stage.metricLatency({ period, statistic: "p99", label: "99 % (p99)" }),
    ],
    leftYAxis: { min: 0, label: "milliseconds", showUnits: false },
    width,
  });
  if (!functions["receive-webhook"]) return [answers, latency];
  const webhooks = new GraphWidget({
    title: "The vendor's webhooks",
    left: [
      metrics.metric("WebhooksReceived", { period, label: "believed" }),
      metrics.metric("WebhooksRefused", { period, label: "refused" }),
      metrics.metric("WebhookServerErrors", { period, label: "5xx" }),
    ],
    leftYAxis: { min: 0, showUnits: false },
    width,
  });
  return [answers, latency, webhooks];
}

const costPeriod = Duration.hours(1);

function costWidgets(watched: Watched, metrics: TransferMetrics): IWidget[] {
  const parts = costEstimate(watched, metrics, costPeriod);
  const byService = new GraphWidget({
    title: "Estimated cost an hour (us-east-1 prices, see docs/operations.md#costs)",
    left: parts,
    leftYAxis: { min: 0, label: "US dollars", showUnits: false },
    stacked: true,
    width: 2 * width,
  });
  const usingMetrics = Object.fromEntries(parts.map((part, index) => [`c${index}`, part]));
  const expression = Object.keys(usingMetrics).join(" + ");
  const total = new SingleValueWidget({
    title: "Estimated cost of the time shown, in US dollars",
    metrics: [new MathExpression({ label: "total", expression, usingMetrics, period: costPeriod })],
    setPeriodToTimeRange: true,
    fullPrecision: true,
    width,
  });
  return [byService, total];
}
