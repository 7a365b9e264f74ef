import { Annotations, Match, Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { filtersOf } from "./metric-filters.ts";
import { type WatchedStackOptions, watchedStack } from "./watched-stack.ts";

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly alarms?: unknown[];
  };
}

/** The dashboard of a stack, with a name in place of every reference. */
function dashboardOf(options: WatchedStackOptions = {}) {
  const { stack, watching } = watchedStack(options);
  const template = Template.fromStack(stack);
  const [found] = Object.values(template.findResources("AWS::CloudWatch::Dashboard"));
  Annotations.fromStack(stack).hasNoWarning("*", Match.anyValue());
  const widgets = JSON.parse(joined(found?.["Properties"].DashboardBody)).widgets as Widget[];
  return { template, widgets, properties: found?.["Properties"], url: stack.resolve(watching.dashboard.url) };
}

function joined(part: unknown): string {
  if (typeof part === "string") return part;
  const { "Fn::Join": join, ...reference } = part as { "Fn::Join"?: [string, unknown[]] };
  return join ? join[1].map(joined).join(join[0]) : Object.values(reference).flat().join(".");
}

const { template, widgets, properties, url } = dashboardOf();
const titles = widgets.map(({ properties: { title } }) => title);

/** The last element of a metric is its rendering. */
interface Rendering {
  readonly id?: string;
  readonly expression?: string;
  readonly visible?: boolean;
}
const renderings = ({ properties: { metrics = [] } }: Widget) =>
  metrics.map((metric) => metric.at(-1)).map((last) => (typeof last === "object" ? last : {}) as Rendering);

describe("the dashboard", () => {
  it("shows alarms, transfers, cleanup, API and cost", () => {
    expect(titles).toEqual([
      "Alarms",
      "Transfers by outcome",
      "From complete to manifest",
      "Running",
      "Copied",
      "Speed of the copy",
      "What the copy got over",
      "Polls of a transfer",
      "Attempts to deliver",
      "Left to the cleanup",
      "Cleanup",
      "Functions: errors, and refused calls on the right",
      "HTTP API: requests and answers",
      "HTTP API: time to answer",
      "The vendor's webhooks",
      "Estimated cost an hour (us-east-1 prices, see docs/operations.md#costs)",
      "Estimated cost of the time shown, in US dollars",
    ]);
    expect(widgets[0]?.properties.alarms).toHaveLength(
      Object.keys(template.findResources("AWS::CloudWatch::Alarm")).length,
    );
  });

  it("has no widget over another, or beyond the grid", () => {
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, cell) => `${x + (cell % width)}/${y + Math.floor(cell / width)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
  });

  it("shows only metrics from logs that a filter makes, by the dimension it has", () => {
    const made = new Map(filtersOf(template).map(({ metricName, dimension }) => [metricName, dimension]));
    const shown = widgets
      .flatMap(({ properties: { metrics = [] } }) => metrics)
      .filter(([namespace]) => namespace === "MagicHourAudioTransfer");
    expect(shown.length).toBeGreaterThan(20);
    for (const [, metricName, ...rest] of shown) {
      expect(made.has(String(metricName))).toBe(true);
      const [dimension] = rest.filter((part) => typeof part === "string");
      expect(dimension).toBe(made.get(String(metricName)));
    }
  });

  it("has no expression of something that is not in the same graph", () => {
    const expressions = widgets.flatMap((widget) => {
      const ids = renderings(widget).flatMap(({ id }) => id ?? []);
      expect(new Set(ids).size).toBe(ids.length);
      return renderings(widget).flatMap(({ expression }) => (expression ? [{ expression, ids }] : []));
    });
    expect(expressions.length).toBeGreaterThan(6);
    for (const { expression, ids } of expressions) {
      const used = expression.match(/\b[a-z]\w*/g) ?? [];
      expect(used.filter((id) => !ids.includes(id))).toEqual([]);
    }
  });

  it("is named by CloudFormation, so that two stacks do not meet, and has a link", () => {
    expect(properties.DashboardName).toBeUndefined();
    expect(joined(url)).toMatch(
      /^https:\/\/AWS::Region\.console\.aws\.amazon\.com\/cloudwatch\/home\?region=AWS::Region#dashboards\/dashboard\/WatchingDashboard/,
    );
  });

  it("leaves out what there is not", () => {
    const without = (http: "none" | "api") => {
      const left = dashboardOf({ http }).widgets.map(({ properties: { title } }) => title);
      return titles.filter((title) => !left.includes(title));
    };
    expect(without("api")).toEqual(["The vendor's webhooks"]);
    expect(without("none")).toEqual([
      "HTTP API: requests and answers",
      "HTTP API: time to answer",
      "The vendor's webhooks",
    ]);
  });
});
