import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { FilterPattern, type ILogGroup, MetricFilter } from "aws-cdk-lib/aws-logs";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { notAnnouncedState } from "./transfer-workflow.ts";

/** What the alarms look at. */
export interface NotifierAlarmsProps {
  /** The delivery state machine. */
  readonly deliveries: StateMachine;
  /** The log of the transfer state machine. */
  readonly transferLog: ILogGroup;
}

/** Where a person reads what to do; the path of the file in the repository. */
const page = "docs/webhooks.md";

/** Two alarms on one topic: an event that was not delivered, and one whose deliveries were not even started. */
export class NotifierAlarms extends Construct {
  /** Subscribe to it, to hear of both. */
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { deliveries, transferLog }: NotifierAlarmsProps) {
    super(scope, id);
    this.topic = new Topic(this, "Topic", { displayName: "Magic Hour audio transfers", enforceSSL: true });
    const period = Duration.minutes(5);
    const undelivered = new MathExpression({
      expression: "failed + timedOut + aborted",
      usingMetrics: {
        failed: deliveries.metricFailed({ period }),
        timedOut: deliveries.metricTimedOut({ period }),
        aborted: deliveries.metricAborted({ period }),
      },
      period,
    });
    this.alarm("Undelivered", undelivered, `An event was not delivered: see "What was not delivered" in ${page}`);
    const notAnnounced = new MetricFilter(this, "NotAnnounced", {
      logGroup: transferLog,
      metricNamespace: "MagicHourAudioTransfer",
      metricName: `NotAnnounced-${this.node.addr.slice(-8)}`,
      filterPattern: FilterPattern.all(
        FilterPattern.stringValue("$.type", "=", "PassStateEntered"),
        FilterPattern.stringValue("$.details.name", "=", notAnnouncedState),
      ),
    }).metric({ period, statistic: "Sum" });
    this.alarm(
      "Unannounced",
      notAnnounced,
      `A transfer ended and nobody was told: see "What was not delivered" in ${page}`,
    );
  }

  private alarm(id: string, metric: IMetric, alarmDescription: string): void {
    new Alarm(this, id, {
      metric,
      alarmDescription,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(this.topic));
  }
}
