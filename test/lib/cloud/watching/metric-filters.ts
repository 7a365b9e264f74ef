import type { Template } from "aws-cdk-lib/assertions";
import { parseFilterPattern, parseLine, selected } from "../../../support/filter-pattern.ts";

/** A metric filter of a template, as CloudWatch would apply it. */
export interface FoundFilter {
  /** The metric's name without what tells stacks apart. */
  readonly name: string;
  /** The metric's whole name. */
  readonly metricName: string;
  readonly namespace: string;
  readonly pattern: string;
  /** Logical id of the log group. */
  readonly logGroup: string;
  readonly unit: string | undefined;
  /** Name of the only dimension. */
  readonly dimension: string | undefined;
  /** What the filter publishes for a line; undefined when the line does not match. @throws {Error} when it is no number */
  readonly published: (line: string) => { readonly value: number; readonly dimension: string } | undefined;
}

interface FilterProperties {
  readonly FilterPattern: string;
  readonly LogGroupName: { readonly Ref: string };
  readonly MetricTransformations: readonly [
    {
      readonly MetricName: string;
      readonly MetricNamespace: string;
      readonly MetricValue: string;
      readonly Unit?: string;
      readonly Dimensions?: readonly [{ readonly Key: string; readonly Value: string }];
    },
  ];
}

/** All metric filters of a template. */
export function filtersOf(template: Template): FoundFilter[] {
  return Object.values(template.findResources("AWS::Logs::MetricFilter")).map(({ Properties }) => {
    const { FilterPattern: pattern, LogGroupName, MetricTransformations } = Properties as FilterProperties;
    const [{ MetricName, MetricNamespace, MetricValue, Unit, Dimensions }] = MetricTransformations;
    const matches = parseFilterPattern(pattern);
    return {
      name: MetricName.split("-", 1)[0] ?? "",
      metricName: MetricName,
      namespace: MetricNamespace,
      pattern,
      logGroup: LogGroupName.Ref,
      unit: Unit,
      dimension: Dimensions?.[0].Key,
      published: (line) => {
        if (!matches(line)) return undefined;
        const value = MetricValue.startsWith("$") ? selected(MetricValue, parseLine(line)) : Number(MetricValue);
        if (typeof value !== "number") throw new Error(`${MetricName} publishes ${value} for ${line}`);
        const dimension = Dimensions ? selected(Dimensions[0].Value, parseLine(line)) : "";
        if (typeof dimension !== "string")
          throw new Error(`${MetricName} has ${dimension} as its dimension for ${line}`);
        return { value, dimension };
      },
    };
  });
}

/** What all filters of a template publish for these lines: `Name` or `Name/value of its dimension`, and the numbers. */
export function publishedFor(template: Template, lines: readonly string[]): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  for (const { name, published } of filtersOf(template)) {
    for (const line of lines) {
      const point = published(line);
      if (!point) continue;
      const key = point.dimension ? `${name}/${point.dimension}` : name;
      found[key] = [...(found[key] ?? []), point.value];
    }
  }
  return found;
}
