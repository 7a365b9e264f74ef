import { Alarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { AlarmDefinition, AlarmId } from "./alarm-definition.ts";
import { apiAlarms } from "./api-alarms.ts";
import { cleanupAlarms } from "./cleanup-alarms.ts";
import type { TransferMetrics } from "./transfer-metrics.ts";
import type { Watched } from "./watched.ts";
import { workflowAlarms } from "./workflow-alarms.ts";

/** Where a person reads what to do: the path of the file in the repository. */
const page = "docs/operations.md";

/** What makes the alarms. */
export interface TransferAlarmsProps {
  /** What is watched. */
  readonly watched: Watched;
  /** What is counted of it. */
  readonly metrics: TransferMetrics;
  /** Where alarms go. */
  readonly topic: ITopic;
}

/** All alarms, on one topic, each with a link to its section of docs/operations.md. */
export class TransferAlarms extends Construct {
  /** The alarms by their ids, in their order; those of the HTTP API where there is one. */
  readonly alarms: Readonly<Partial<Record<AlarmId, Alarm>>>;

  constructor(scope: Construct, id: string, { watched, metrics, topic }: TransferAlarmsProps) {
    super(scope, id);
    const definitions = [
      ...workflowAlarms(watched, metrics),
      ...cleanupAlarms(watched, metrics),
      ...apiAlarms(watched, metrics),
    ];
    const tell = new SnsAction(topic);
    this.alarms = Object.fromEntries(definitions.map((definition) => [definition.id, this.alarm(definition, tell)]));
  }

  private alarm(definition: AlarmDefinition, tell: SnsAction): Alarm {
    const { id, meaning, metric, raisedBy = { atLeast: 1 }, periods = 1, action } = definition;
    const isLeast = "atLeast" in raisedBy;
    const alarm = new Alarm(this, id, {
      metric,
      // GitHub's anchor of a heading is its text in lower case.
      alarmDescription: `${meaning} What to do: ${page}#${id.toLowerCase()}`,
      threshold: isLeast ? raisedBy.atLeast : raisedBy.atMost,
      comparisonOperator: isLeast
        ? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
        : ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: definition.raisedByNoData ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(tell, ...(action ? [action] : []));
    if (definition.tellsEnd) alarm.addOkAction(tell);
    return alarm;
  }
}
