import type { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { AlarmId } from "./alarm-definition.ts";
import { AlarmTopic } from "./alarm-topic.ts";
import { TransferAlarms } from "./transfer-alarms.ts";
import { TransferDashboard } from "./transfer-dashboard.ts";
import { TransferMetrics } from "./transfer-metrics.ts";
import type { Watched } from "./watched.ts";

/** What is watched, and where alarms go. */
export interface WatchingProps extends Watched {
  /** Where alarms go: a standard topic that CloudWatch may publish to. Its policy is not touched. Default: a new topic. */
  readonly alarmTopic?: ITopic | undefined;
}

/** Metrics, alarms and a dashboard of everything that runs. What each alarm means is in docs/operations.md. */
export class Watching extends Construct {
  /** Subscribe to it, to hear of alarms. */
  readonly topic: ITopic;
  /** The metrics that are made of log lines. */
  readonly metrics: TransferMetrics;
  /** The alarms by their ids; those of the HTTP API where there is one. */
  readonly alarms: Readonly<Partial<Record<AlarmId, Alarm>>>;
  /** The dashboard, and where it is in the console. */
  readonly dashboard: TransferDashboard;

  constructor(scope: Construct, id: string, { alarmTopic, ...watched }: WatchingProps) {
    super(scope, id);
    this.topic = alarmTopic ?? new AlarmTopic(this, "Topic");
    this.metrics = new TransferMetrics(this, "Metrics", logsOf(watched));
    const { metrics, topic } = this;
    this.alarms = new TransferAlarms(this, "Alarms", { watched, metrics, topic }).alarms;
    const alarms = Object.values(this.alarms).flatMap((alarm) => alarm ?? []);
    this.dashboard = new TransferDashboard(this, "Dashboard", { watched, metrics, alarms });
  }
}

function logsOf({ functions, logGroup, api }: Watched): ConstructorParameters<typeof TransferMetrics>[2] {
  const ofFunctions = Object.entries(functions).flatMap(([name, watched]) =>
    watched ? [[name, watched.logGroup]] : [],
  );
  return { ...Object.fromEntries(ofFunctions), "transfer-workflow": logGroup, ...(api && { access: api.accessLog }) };
}
