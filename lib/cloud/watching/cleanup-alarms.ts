import { Duration } from "aws-cdk-lib";
import { MathExpression } from "aws-cdk-lib/aws-cloudwatch";
import { functionTimeoutSeconds } from "../../../functions/contract.ts";
import { type AlarmDefinition, alarmPeriod as period } from "./alarm-definition.ts";
import type { TransferMetrics } from "./transfer-metrics.ts";
import type { Watched } from "./watched.ts";

/** Alarms of the cleanup: whether it runs, and what it finds. */
export function cleanupAlarms({ functions, cleanup }: Watched, metrics: TransferMetrics): AlarmDefinition[] {
  return [
    {
      id: "CleanupFailing",
      meaning: "A pass of the cleanup failed; it is repeated, and the next pass goes on where this one stopped.",
      metric: functions.cleanup.function.metricErrors({ period }),
    },
    {
      id: "CleanupDeadLetters",
      meaning:
        "Passes of the cleanup failed every time or could not be begun: their events are in its dead-letter queue.",
      metric: cleanup.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period, statistic: "Maximum" }),
      tellsEnd: true,
    },
    {
      id: "CleanupNotRunning",
      meaning:
        "The cleanup has not finished a pass for three intervals of its schedule, an hour at least; this alarm runs it once by itself.",
      metric: passes(cleanup.interval, metrics),
      raisedBy: { atMost: 0 },
      periods: 3,
      // A schedule that is gone or switched off leaves no data at all. A new stack has none either, so it begins with this
      // alarm. That ends within minutes and tries the way out: the alarm runs the cleanup, which then has run.
      raisedByNoData: true,
      tellsEnd: true,
      action: cleanup.alarmAction(),
    },
    {
      id: "DeletionsOverdue",
      meaning:
        "Deletions have been pending for more than a day: the copies are safe, and the remote projects still stand.",
      metric: metrics.metric("CleanupOverdueDeletions", { period }),
      action: cleanup.alarmAction(),
    },
    {
      id: "MarkersUnreadable",
      meaning: "The cleanup passed over markers that it cannot read: what they stand for has to be done by hand.",
      metric: metrics.metric("CleanupUnreadable", { period }),
    },
  ];
}

/** A quarter of an hour is Lambda's limit for a pass. */
const longestPass = Duration.seconds(functionTimeoutSeconds.cleanup);

/**
 * Shortest period in which passes are counted. A pass is logged at its end, so where the schedule is as quick as it may be,
 * every 5 minutes, the ends of a short pass and of a long one are 5 + 15 = 20 minutes apart and all is well. Three periods
 * of 20 minutes without an end are an hour, which no schedule of less than 45 minutes explains; three of the longer ones are
 * three intervals. CloudWatch allows a day in all for periods below an hour (3 × 59 min are 177 min) and 7 days for longer
 * ones (3 × 86,400 s are 259,200 of 604,800): CloudWatch API reference, PutMetricAlarm, `Period`.
 */
const shortestPeriod = longestPass.plus(Duration.minutes(5));

/**
 * Passes in each interval. Filled with 0, because an alarm prefers data to gaps, however old they are: it looks back over
 * more periods than it counts (CloudWatch User Guide, "How alarm state is evaluated when data is missing").
 */
function passes(interval: Duration, metrics: TransferMetrics): MathExpression {
  // Known to CloudFormation only: then the longest there is.
  const known = interval.isUnresolved() ? Duration.days(1) : interval;
  const each = known.toSeconds() < shortestPeriod.toSeconds() ? shortestPeriod : known;
  const found = metrics.metric("CleanupPasses", { period: each });
  return new MathExpression({ expression: "FILL(passes, 0)", usingMetrics: { passes: found }, period: each });
}
