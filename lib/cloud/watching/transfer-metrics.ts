import { Names } from "aws-cdk-lib";
import type { Metric, MetricOptions } from "aws-cdk-lib/aws-cloudwatch";
import { type ILogGroup, MetricFilter } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { type CountedLog, type LogMetric, type LogMetricName, logMetrics } from "./log-metrics.ts";

/** Namespace of all metrics that are made of log lines. */
export const metricNamespace = "MagicHourAudioTransfer";

/** Characters of a metric's name that tell one stack's from another's: names have 255 at most (`MetricTransformation`). */
const longestSuffix = 200;

/** The metrics that are made of log lines: one filter each, and under names that no other stack has. */
export class TransferMetrics extends Construct {
  readonly #filters = new Map<string, MetricFilter>();

  /** @param logs the logs that there are: metrics of others are not made */
  constructor(scope: Construct, id: string, logs: Readonly<Partial<Record<CountedLog, ILogGroup>>>) {
    super(scope, id);
    const suffix = Names.uniqueResourceName(this, { separator: "-", maxLength: longestSuffix });
    for (const [name, definition] of Object.entries<LogMetric>(logMetrics)) {
      const logGroup = logs[definition.log];
      if (!logGroup) continue;
      const { lines, value, unit, dimension } = definition;
      const filter = new MetricFilter(this, name, {
        logGroup,
        metricNamespace,
        metricName: `${name}-${suffix}`,
        filterPattern: lines,
        ...(value && { metricValue: value }),
        ...(unit && { unit }),
        ...(dimension && { dimensions: { [dimension.name]: dimension.value } }),
      });
      this.#filters.set(name, filter);
    }
  }

  /**
   * One of the metrics. Statistic: the sum, unless the options say otherwise.
   * @param value of its dimension, where it has one: CloudWatch does not add them up
   * @throws {Error} when its log is not there, and where a value is missing or too many
   */
  metric(name: LogMetricName, options: MetricOptions = {}, value?: string): Metric {
    const filter = this.#filters.get(name);
    if (!filter) throw new Error(`metric ${name}: its log is not there`);
    const { dimension }: LogMetric = logMetrics[name];
    if ((dimension === undefined) !== (value === undefined)) {
      throw new Error(`metric ${name}: ${dimension ? `needs a value of ${dimension.name}` : "has no dimension"}`);
    }
    const dimensionsMap = dimension && value !== undefined ? { [dimension.name]: value } : undefined;
    return filter.metric({ statistic: "Sum", ...(dimensionsMap && { dimensionsMap }), ...options });
  }
}
