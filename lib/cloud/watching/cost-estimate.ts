import type { Duration } from "aws-cdk-lib";
import { type IMetric, MathExpression, Metric } from "aws-cdk-lib/aws-cloudwatch";
import type { CfnFunction, IFunction } from "aws-cdk-lib/aws-lambda";
import type { TransferMetrics } from "./transfer-metrics.ts";
import type { Watched } from "./watched.ts";

/**
 * Unit prices in US dollars for us-east-1, first tier and without the free one, as documented in November 2026: check those of
 * your region. They are only for the estimate on the dashboard; the bill is what AWS says it is.
 */
export const unitPrices = {
  /** 1,000 state transitions of Standard workflows. https://aws.amazon.com/step-functions/pricing/ */
  thousandTransitions: 0.025,
  /** A GB-second on arm64. https://aws.amazon.com/lambda/pricing/ */
  gigabyteSecond: 0.0000133334,
  /** A million invocations. Same page. */
  millionInvocations: 0.2,
  /** 1,000 PUT, COPY, POST and LIST requests to S3 Standard. https://aws.amazon.com/s3/pricing/ */
  thousandWrites: 0.005,
  /** A GB taken into CloudWatch Logs. https://aws.amazon.com/cloudwatch/pricing/ */
  logGigabyte: 0.5,
  /** A million requests to an HTTP API. https://aws.amazon.com/api-gateway/pricing/ */
  millionRequests: 1,
} as const;

/**
 * States that a transfer enters, each of which is a transition (a retry is one more): with n polls `Check status` and
 * `Settled?` n times and `Wait` n - 1 times; `Begin`, `Download outputs`, `More outputs?`, `Delete asked?`, `Notify`,
 * `Succeeded?` and `Done` once. That is 3n + 6; a deletion and a marker for the cleanup are one more each.
 */
export const transferTransitions = { each: 6, poll: 3 } as const;

/**
 * States that a delivery enters: with n attempts `Attempt` and `Delivered?` n times and `Wait` n - 1 times; `Begin` and
 * `Delivered` once. That is 3n + 1.
 */
export const deliveryTransitions = { each: 1, attempt: 3 } as const;

/** Lambda's memory in MiB where a function says nothing (Lambda Developer Guide, "Configure memory"). */
const defaultMemory = 128;

/**
 * What the stack costs in each period, in US dollars, by service: what grows with the number of transfers. Not in it: storage,
 * traffic, X-Ray, secrets, and the fixed price of alarms, metrics and the dashboard. A missing value counts 0 (CloudWatch
 * User Guide, "Basic arithmetic functions").
 */
export function costEstimate(watched: Watched, metrics: TransferMetrics, period: Duration): MathExpression[] {
  const { api } = watched;
  const dollars = (label: string, expression: string, usingMetrics: Record<string, IMetric>) =>
    new MathExpression({ label, expression, usingMetrics, period });
  const functions = Object.values(watched.functions).flatMap((one) => one ?? []);
  const logs = [watched.logGroup, ...functions.map(({ logGroup }) => logGroup), ...(api ? [api.accessLog] : [])];
  const requests = api && { requests: api.stage.metricCount({ period, statistic: "Sum" }) };
  return [
    dollars("Step Functions", stepFunctionsCost, transitions(watched, period)),
    lambdaCost(
      functions.map((one) => one.function),
      period,
    ),
    dollars("S3 writes", s3Cost, {
      bytes: metrics.metric("BytesCopied", { period }),
      outputs: metrics.metric("OutputsCopied", { period }),
      copies: metrics.metric("OutputsCopied", { period, statistic: "SampleCount" }),
    }),
    dollars(
      "Logs",
      ...logsCost(
        logs.map(({ logGroupName }) => logGroupName),
        period,
      ),
    ),
    ...(requests ? [dollars("HTTP API", `requests / 1000000 * ${unitPrices.millionRequests}`, requests)] : []),
  ];
}

const stepFunctionsCost = [
  `(${transferTransitions.poll} * polls + ${transferTransitions.each} * transfers`,
  `+ ${deliveryTransitions.attempt} * attempts + ${deliveryTransitions.each} * deliveries)`,
  `/ 1000 * ${unitPrices.thousandTransitions}`,
].join(" ");

function transitions({ stateMachine, deliveries, functions }: Watched, period: Duration): Record<string, IMetric> {
  return {
    polls: functions["check-status"].function.metricInvocations({ period }),
    transfers: stateMachine.metricStarted({ period }),
    attempts: functions.deliver.function.metricInvocations({ period }),
    deliveries: deliveries.metricStarted({ period }),
  };
}

/** At most: a PUT or a part for each 8 MiB begun, three more requests for each output, and one for the manifest. */
const s3Cost = `(bytes / ${8 * 1_024 ** 2} + 3 * outputs + copies) / 1000 * ${unitPrices.thousandWrites}`;

/** Duration is in milliseconds; memory in MiB, of which a GB has 1,024. */
function lambdaCost(functions: readonly IFunction[], period: Duration): MathExpression {
  const memory = functions.map(
    (one) => (one.node.defaultChild as CfnFunction | undefined)?.memorySize ?? defaultMemory,
  );
  const durations = functions.map((one, index) => [`d${index}`, one.metricDuration({ period, statistic: "Sum" })]);
  const invocations = functions.map((one, index) => [`i${index}`, one.metricInvocations({ period })]);
  const megabyteMilliseconds = memory.map((megabytes, index) => `${megabytes} * d${index}`).join(" + ");
  const calls = functions.map((_, index) => `i${index}`).join(" + ");
  return new MathExpression({
    label: "Lambda",
    expression: [
      `(${megabyteMilliseconds}) / 1024 / 1000 * ${unitPrices.gigabyteSecond}`,
      `+ (${calls}) / 1000000 * ${unitPrices.millionInvocations}`,
    ].join(" "),
    usingMetrics: Object.fromEntries([...durations, ...invocations]),
    period,
  });
}

function logsCost(logGroupNames: readonly string[], period: Duration): [string, Record<string, IMetric>] {
  const metrics = logGroupNames.map((LogGroupName, index) => [
    `l${index}`,
    new Metric({
      namespace: "AWS/Logs",
      metricName: "IncomingBytes",
      dimensionsMap: { LogGroupName },
      statistic: "Sum",
      period,
    }),
  ]);
  const bytes = logGroupNames.map((_, index) => `l${index}`).join(" + ");
  return [`(${bytes}) / ${1_024 ** 3} * ${unitPrices.logGigabyte}`, Object.fromEntries(metrics)];
}
