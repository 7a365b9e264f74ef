import { Duration, Stack } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
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
    this.allowAlarms();
    const period = Duration.minutes(5);
    // No time-out is set on these executions, and what somebody stops needs no alarm: failed is all there is.
    const undelivered = deliveries.metricFailed({ period });
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
      `A transfer ended and not everybody was told: see "What was not delivered" in ${page}`,
    );
  }

  /** A topic with a policy of its own (TLS only) has lost the default one, by which alarms of the account may publish. */
  private allowAlarms(): void {
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
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
