import { Duration } from "aws-cdk-lib";
import type { IAlarmAction, IMetric } from "aws-cdk-lib/aws-cloudwatch";

/** Ids of all alarms, which are headings of docs/operations.md, too. */
export const alarmIds = [
  "TransfersFailed",
  "TransfersTimedOut",
  "ExecutionsTimedOut",
  "VendorUnauthorized",
  "HistoryNearLimit",
  "ExecutionsThrottled",
  "FunctionsThrottled",
  "Undelivered",
  "Unannounced",
  "CleanupNotScheduled",
  "CleanupFailing",
  "CleanupDeadLetters",
  "CleanupNotRunning",
  "DeletionsOverdue",
  "MarkersUnreadable",
  "ApiFailing",
  "WebhookReceiverFailing",
  "WebhooksRefused",
] as const;

/** One of {@link alarmIds}. */
export type AlarmId = (typeof alarmIds)[number];

/** What makes an alarm. */
export interface AlarmDefinition {
  /** Its id, and the heading of its section in docs/operations.md. */
  readonly id: AlarmId;
  /** What it means, in a sentence. */
  readonly meaning: string;
  /** What is looked at. Where it has no data, nothing happened. */
  readonly metric: IMetric;
  /** What raises it, the bound included. Default: 1 or more. */
  readonly raisedBy?: { readonly atLeast: number } | { readonly atMost: number };
  /** Periods in a row for which it must be so. Default 1. */
  readonly periods?: number;
  /** Whether having no data raises it, too. Default false. */
  readonly raisedByNoData?: boolean;
  /** Whether its end is told, too: where that means that the trouble is over, and not only that nothing more happened. */
  readonly tellsEnd?: boolean;
  /** What else it does, besides telling the topic. */
  readonly action?: IAlarmAction;
}

/** Period of most alarms: trouble is told of within about five minutes, and one that goes on is told once. */
export const alarmPeriod = Duration.minutes(5);
