import { App, Duration, Stack } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
import { Topic } from "aws-cdk-lib/aws-sns";
import { describe, expect, it } from "vitest";
import { alarmIds } from "../../../../lib/cloud/watching/alarm-definition.ts";
import { filtersOf } from "./metric-filters.ts";
import { watchedStack, watchedTemplate } from "./watched-stack.ts";

const template = watchedTemplate();
const { watching } = watchedStack();

interface AlarmProperties {
  readonly AlarmDescription: string;
  readonly AlarmActions: readonly unknown[];
  readonly OKActions?: readonly unknown[];
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData: string;
  readonly MetricName?: string;
  readonly Period?: number;
  readonly Statistic?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Metrics?: readonly {
    readonly Expression?: string;
    readonly MetricStat?: { readonly Metric: { readonly MetricName: string }; readonly Period: number };
  }[];
}

/** The alarms of a template by their ids. */
function alarmsOf(found = template): Record<string, AlarmProperties> {
  const alarms = Object.entries(found.findResources("AWS::CloudWatch::Alarm"));
  return Object.fromEntries(
    alarms.map(([id, { Properties }]) => [/^WatchingAlarms(\w+)[0-9A-F]{8}$/.exec(id)?.[1] ?? id, Properties]),
  );
}

const alarms = alarmsOf();
const alarm = (id: (typeof alarmIds)[number]): AlarmProperties => {
  const found = alarms[id];
  if (!found) throw new Error(`no alarm ${id}`);
  return found;
};
const isOnTopic = { Ref: expect.stringMatching(/^WatchingTopic/) };
const isFunction = (name: string) => ({
  "Fn::GetAtt": [expect.stringMatching(new RegExp(`^${name}[0-9A-F]{8}$`)), "Arn"],
});

describe("every alarm", () => {
  it("is there, and is listed by its id", () => {
    expect(Object.keys(alarms).sort()).toEqual([...alarmIds].sort());
    expect(Object.keys(watching.alarms).sort()).toEqual([...alarmIds].sort());
  });

  it.each(alarmIds)("%s says what it means in a sentence, and where to read on", (id) => {
    expect(alarm(id).AlarmDescription).toMatch(
      new RegExp(`^[A-Z][^.]*(?:\\d[.,]\\d[^.]*)*\\. What to do: docs/operations\\.md#${id.toLowerCase()}$`),
    );
  });

  it.each(alarmIds)("%s tells the topic", (id) => {
    expect(alarm(id).AlarmActions[0]).toEqual(isOnTopic);
  });

  it("of metrics from logs looks at one that a filter makes", () => {
    const made = new Set(filtersOf(template).map(({ metricName }) => metricName));
    const ours = Object.values(alarms)
      .flatMap(({ MetricName, Metrics = [] }) => [
        MetricName,
        ...Metrics.map((one) => one.MetricStat?.Metric.MetricName),
      ])
      .filter((name) => name?.includes("-"));
    expect(ours.length).toBeGreaterThan(8);
    expect(ours.filter((name) => !made.has(name ?? ""))).toEqual([]);
  });
});

describe("an alarm", () => {
  it("is raised by one event and ends where none follows, unless it says otherwise", () => {
    const others = [
      "CleanupNotRunning",
      "ExecutionsThrottled",
      "FunctionsThrottled",
      "HistoryNearLimit",
      "WebhooksRefused",
    ];
    for (const id of alarmIds.filter((each) => !others.includes(each))) {
      expect(alarm(id)).toMatchObject({
        Threshold: 1,
        EvaluationPeriods: 1,
        ComparisonOperator: "GreaterThanOrEqualToThreshold",
        TreatMissingData: "notBreaching",
        Period: 300,
      });
    }
  });

  it("tells its end where that means that the trouble is over", () => {
    expect(alarmIds.filter((id) => alarm(id).OKActions)).toEqual([
      "ExecutionsThrottled",
      "FunctionsThrottled",
      "CleanupDeadLetters",
      "CleanupNotRunning",
      "ApiFailing",
      "WebhookReceiverFailing",
    ]);
  });

  it("runs the cleanup where that helps, and may", () => {
    const running = alarmIds.filter((id) => alarm(id).AlarmActions.length > 1);
    expect(running).toEqual(["CleanupNotRunning", "DeletionsOverdue"]);
    for (const id of running) expect(alarm(id).AlarmActions).toEqual([isOnTopic, isFunction("cleanup")]);
    const permissions = Object.values(template.findResources("AWS::Lambda::Permission")).map(
      ({ Properties }) => Properties,
    );
    const ofAlarms = permissions.filter(({ Principal }) => Principal === "lambda.alarms.cloudwatch.amazonaws.com");
    expect(ofAlarms.map(({ SourceArn }) => SourceArn["Fn::GetAtt"][0]).sort()).toEqual([
      expect.stringMatching(/^WatchingAlarmsCleanupNotRunning/),
      expect.stringMatching(/^WatchingAlarmsDeletionsOverdue/),
    ]);
  });

  it("of throttling sums both workflows, or all functions, for a quarter of an hour", () => {
    const lasting = { Threshold: 1, EvaluationPeriods: 3, TreatMissingData: "notBreaching" };
    expect(alarm("ExecutionsThrottled")).toMatchObject(lasting);
    expect(alarm("FunctionsThrottled")).toMatchObject(lasting);
    const namesIn = (id: "ExecutionsThrottled" | "FunctionsThrottled") =>
      alarm(id).Metrics?.flatMap(({ MetricStat }) => MetricStat?.Metric.MetricName ?? []);
    expect(namesIn("ExecutionsThrottled")).toEqual(["ExecutionThrottled", "ExecutionThrottled"]);
    // CloudWatch takes ten metrics in an alarm at most.
    expect(namesIn("FunctionsThrottled")).toEqual(Array.from({ length: 9 }, () => "Throttles"));
    expect(alarm("FunctionsThrottled").Metrics?.[0]?.Expression).toBe("f0 + f1 + f2 + f3 + f4 + f5 + f6 + f7 + f8");
  });

  it("of the cleanup waits for three intervals without a pass, and takes no data for none", () => {
    expect(alarm("CleanupNotRunning")).toMatchObject({
      Threshold: 0,
      ComparisonOperator: "LessThanOrEqualToThreshold",
      EvaluationPeriods: 3,
      TreatMissingData: "breaching",
    });
    const periods = (found: Record<string, AlarmProperties>) =>
      found["CleanupNotRunning"]?.Metrics?.flatMap(({ MetricStat }) => MetricStat?.Period ?? []);
    expect(periods(alarms)).toEqual([3_600]);
    expect(periods(alarmsOf(watchedTemplate({ interval: Duration.days(1) })))).toEqual([86_400]);
    // A pass may take 15 minutes and is logged at its end: with an interval of 5, 20 may lie between two that are well.
    expect(periods(alarmsOf(watchedTemplate({ interval: Duration.minutes(5) })))).toEqual([1_200]);
    expect(periods(alarmsOf(watchedTemplate({ interval: Duration.minutes(21) })))).toEqual([1_260]);
  });

  it("of history is raised before the 25,000 events that Step Functions holds are reached, at 9 a lap", () => {
    const { Threshold, Statistic } = alarm("HistoryNearLimit");
    expect([Threshold, Statistic]).toEqual([2_001, "Maximum"]);
    expect(9 * Threshold).toBeLessThan(0.75 * 25_000);
  });

  it("of transfers looks at those that timed out; of webhooks, at an hour", () => {
    expect(alarm("TransfersTimedOut").Dimensions).toEqual([{ Name: "Type", Value: "transfer.timed_out" }]);
    expect(alarm("WebhooksRefused")).toMatchObject({ Threshold: 10, Period: 3_600, Statistic: "Sum" });
    expect(alarm("CleanupDeadLetters")).toMatchObject({ MetricName: "ApproximateNumberOfMessagesVisible" });
  });
});

describe("without an HTTP API, or without the vendor's webhooks,", () => {
  const ofApi = ["ApiFailing", "WebhookReceiverFailing", "WebhooksRefused"];

  it("there are no alarms and no filters of it", () => {
    const none = watchedTemplate({ http: "none" });
    expect(alarmIds.filter((id) => !(id in alarmsOf(none)))).toEqual(ofApi);
    expect(filtersOf(none).filter(({ name }) => /^(?:Api|Webhook)/.test(name))).toEqual([]);
    const api = watchedTemplate({ http: "api" });
    expect(alarmIds.filter((id) => !(id in alarmsOf(api)))).toEqual(ofApi.slice(1));
  });
});

describe("the topic", () => {
  it("of its own takes only TLS, and alarms of the account", () => {
    template.hasResourceProperties("AWS::SNS::TopicPolicy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
          Match.objectLike({
            Effect: "Allow",
            Action: "sns:Publish",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
          }),
        ]),
      },
    });
  });

  it("that is brought is used as it is", () => {
    const topicArn = "arn:aws:sns:us-east-1:111122223333:alarms";
    const alarmTopic = Topic.fromTopicArn(new Stack(new App(), "Elsewhere"), "Topic", topicArn);
    const own = watchedTemplate({ alarmTopic });
    own.resourceCountIs("AWS::SNS::Topic", 0);
    own.resourceCountIs("AWS::SNS::TopicPolicy", 0);
    for (const { AlarmActions } of Object.values(alarmsOf(own))) expect(AlarmActions[0]).toBe(topicArn);
  });
});
