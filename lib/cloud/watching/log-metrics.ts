import { Unit } from "aws-cdk-lib/aws-cloudwatch";
import { FilterPattern, type JsonPattern } from "aws-cdk-lib/aws-logs";
import { vendorWebhookRoute } from "../../../functions/contract.ts";
import type { TerminalErrorName } from "../../../functions/domain/errors.ts";
import { notAnnouncedState, notScheduledState } from "../transfer-workflow.ts";

/** A function whose log lines are counted, by its file name below functions/. */
export type CountedFunction =
  | "check-status"
  | "download-outputs"
  | "schedule-cleanup"
  | "notify"
  | "deliver"
  | "cleanup"
  | "receive-webhook";

/** A log whose lines are counted: a function's, the transfer workflow's, or the HTTP API's access log. */
export type CountedLog = CountedFunction | "transfer-workflow" | "access";

/** What is made a metric of some lines of a log. */
export interface LogMetric {
  /** The log. */
  readonly log: CountedLog;
  /** Which of its lines count. */
  readonly lines: JsonPattern;
  /** Where a line has the number that counts, as `$.…`. Default: each line counts 1. */
  readonly value?: string;
  /** Unit of that number. Default: none. */
  readonly unit?: Unit;
  /** The metric's only dimension: its name, and where a line has its value, as `$.…`. It must have few values. */
  readonly dimension?: { readonly name: string; readonly value: string };
}

/**
 * A fact of a line that a function logs. Lambda's JSON format puts the one object given to the console below `message`,
 * beside `timestamp`, `level` and `requestId`: `formatJsonMessage` of src/logging/formatter.ts in
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client, which src/logging/log-patch.ts puts behind the console.
 */
const fact = (name: string) => `$.message.${name}`;

const says = (line: string) => FilterPattern.stringValue(fact("message"), "=", line);

/** Each such line counts 1. */
const count = (log: CountedFunction, line: string, dimension?: { name: string; fact: string }): LogMetric => ({
  log,
  lines: says(line),
  ...(dimension && { dimension: { name: dimension.name, value: fact(dimension.fact) } }),
});

/**
 * The number in one fact of such lines; lines where it is none, or negative, do not count. The field has to be in the pattern
 * (`metricValue` of the CDK's `MetricFilterOptions`), and without negative values there are percentiles, too (CloudWatch User
 * Guide, "Statistics").
 */
const amount = (log: CountedFunction, line: string, name: string, unit?: Unit): LogMetric => ({
  log,
  lines: FilterPattern.all(says(line), FilterPattern.numberValue(fact(name), ">=", 0)),
  value: fact(name),
  ...(unit && { unit }),
});

const copying = (name: string, unit: Unit) => amount("download-outputs", "copying", name, unit);

const swept = (name: string) => amount("cleanup", "swept", name);

/** A state of the transfer workflow that is passed through. Field names: Step Functions Developer Guide, "Logging". */
const passes = (state: string): LogMetric => ({
  log: "transfer-workflow",
  lines: FilterPattern.all(
    FilterPattern.stringValue("$.type", "=", "PassStateEntered"),
    FilterPattern.stringValue("$.details.name", "=", state),
  ),
});

/**
 * Answers 5xx of the HTTP API. From its access log and not from the functions' lines, because a function that crashed, was
 * throttled or ran out of time logs none.
 */
const serverErrors = (is: "=" | "!=", route: string): LogMetric => ({
  log: "access",
  lines: FilterPattern.all(
    FilterPattern.stringValue("$.status", "=", "5*"),
    FilterPattern.stringValue("$.routeKey", is, route),
  ),
});

const unauthorized: TerminalErrorName = "Unauthorized";

/** All metrics that are made of log lines. CloudWatch takes 100 filters for each log (CloudWatch Logs quotas). */
export const logMetrics = {
  /** Transfers that ended and were announced, by their event's type. */
  Transfers: count("notify", "announced", { name: "Type", fact: "type" }),
  /** Those of them that the vendor refused: 401, 402, 403. */
  TransfersUnauthorized: {
    log: "notify",
    lines: FilterPattern.all(says("announced"), FilterPattern.stringValue(fact("error"), "=", unauthorized)),
  },
  /** Polls that a transfer took. */
  PollsOfTransfer: amount("notify", "announced", "polls"),
  /** Which poll of its transfer each poll was: the most is the longest transfer that runs. */
  PollNumber: amount("check-status", "polled", "polls"),
  /** Outputs that a copy saved. */
  OutputsCopied: amount("download-outputs", "copied", "outputs"),
  /** Their bytes. */
  BytesCopied: amount("download-outputs", "copied", "bytes", Unit.BYTES),
  /** From the poll that saw the project complete to the manifest. */
  SecondsToManifest: amount("download-outputs", "copied", "seconds", Unit.SECONDS),
  /** Bytes that came from download hosts: those of copies that began again count again. */
  BytesReceived: copying("bytes", Unit.BYTES),
  /** How fast they came, over up to half a minute of one run of the copy, with all that it waited for. */
  CopyBytesPerSecond: copying("bytesPerSecond", Unit.BYTES_PER_SECOND),
  /** Times that S3 was called again. */
  CopyRetries: copying("retries", Unit.COUNT),
  /** Downloads that broke off and were resumed there. */
  CopyResumes: copying("resumes", Unit.COUNT),
  /** Download URLs that were refused and fetched anew. */
  DownloadUrlRefreshes: copying("refreshes", Unit.COUNT),
  /** Markers left for the cleanup, by their kind: `deletion` counts the deletions left pending. */
  LeftToCleanup: count("schedule-cleanup", "left to the cleanup", { name: "Kind", fact: "kind" }),
  /** Attempts to deliver an event, by their outcome. */
  DeliveryAttempts: count("deliver", "attempted", { name: "Outcome", fact: "outcome" }),
  /** Passes of the cleanup. */
  CleanupPasses: count("cleanup", "swept"),
  /** Markers that were due. */
  CleanupDue: swept("due"),
  /** Transfers that the cleanup started. */
  CleanupStarted: swept("started"),
  /** Markers that another one, due later, took the place of. */
  CleanupWaiting: swept("waiting"),
  /** Markers that nothing follows: pending for too long, or no longer wanted. */
  CleanupGivenUp: swept("givenUp"),
  /** Markers that are none, and were passed over. */
  CleanupUnreadable: swept("unreadable"),
  /** Deletions that have been pending for more than a day. */
  CleanupOverdueDeletions: swept("overdueDeletions"),
  /** Markers that could not be handled: the pass stopped there. */
  CleanupFailed: swept("failed"),
  /** Orphaned uploads that were aborted. */
  CleanupUploadsAborted: swept("uploadsAborted"),
  /** The vendor's webhooks that were believed. */
  WebhooksReceived: count("receive-webhook", "webhook received"),
  /** Those that were not. */
  WebhooksRefused: count("receive-webhook", "webhook refused"),
  /** Answers 5xx to the vendor's webhooks. */
  WebhookServerErrors: serverErrors("=", vendorWebhookRoute),
  /** Answers 5xx to everybody else. */
  ApiServerErrors: serverErrors("!=", vendorWebhookRoute),
  /** Transfers that ended and not everybody was told. */
  NotAnnounced: passes(notAnnouncedState),
  /** Transfers that could leave nothing to the cleanup. */
  CleanupNotScheduled: passes(notScheduledState),
} as const satisfies Readonly<Record<string, LogMetric>>;

/** Name of one of {@link logMetrics}. */
export type LogMetricName = keyof typeof logMetrics;
