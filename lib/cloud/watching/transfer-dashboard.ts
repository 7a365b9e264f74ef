import { Duration, Stack } from "aws-cdk-lib";
import { type Alarm, AlarmStatusWidget, Dashboard } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import { serviceWidgets } from "./service-widgets.ts";
import type { TransferMetrics } from "./transfer-metrics.ts";
import { transferWidgets } from "./transfer-widgets.ts";
import type { Watched } from "./watched.ts";

/** What makes the dashboard. */
export interface TransferDashboardProps {
  /** What is watched. */
  readonly watched: Watched;
  /** What is counted of it. */
  readonly metrics: TransferMetrics;
  /** Its alarms: their states stand at the top. */
  readonly alarms: readonly Alarm[];
}

/** Columns of a dashboard. */
const columns = 24;

/** Everything at a glance: alarms, what transfers do, what serves them, and what it costs. Shows a day at first. */
export class TransferDashboard extends Construct {
  /** The dashboard. Its name is made up by CloudFormation. */
  readonly dashboard: Dashboard;
  /** Where it is in the console. */
  readonly url: string;

  constructor(scope: Construct, id: string, { watched, metrics, alarms }: TransferDashboardProps) {
    super(scope, id);
    this.dashboard = new Dashboard(this, "Dashboard", {
      defaultInterval: Duration.days(1),
      widgets: [
        [new AlarmStatusWidget({ title: "Alarms", alarms: [...alarms], width: columns, height: 4 })],
        ...transferWidgets(watched, metrics),
        ...serviceWidgets(watched, metrics),
      ],
    });
    const { region } = Stack.of(this);
    const name = this.dashboard.dashboardName;
    this.url = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
  }
}
