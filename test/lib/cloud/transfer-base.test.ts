import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { EventBus, type IEventBus, type IRuleTarget } from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { expect, test } from "vitest";
import { eventTypes } from "../../../functions/domain/event.ts";
import { AudioTransfer } from "../../../lib/cloud/audio-transfer.ts";
import type { AudioTransferProps } from "../../../lib/cloud/props.ts";
import { readable, statementsOf, withApp } from "./synthesized-stack.ts";

/** Uses a transfer in a stack. */
function withTransfer<Result>(
  props: AudioTransferProps,
  use: (transfer: AudioTransfer, stack: Stack) => Result,
): Result {
  return withApp((app) => {
    const stack = new Stack(app, "Test");
    return use(new AudioTransfer(stack, "AudioTransfer", props), stack);
  });
}

const role = (stack: Stack, id: string) =>
  new Role(stack, id, { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
const target = (stack: Stack): IRuleTarget => new SqsQueue(new Queue(stack, `Queue${stack.node.children.length}`));

const template = withTransfer({}, (transfer, stack) => {
  transfer.grantStart(role(stack, "Starter"));
  transfer.grantFollow(role(stack, "Follower"));
  transfer.grantStop(role(stack, "Stopper"));
  transfer.grantInvokeApi(role(stack, "Caller"));
  for (let count = 0; count < 6; count += 1) transfer.onCompleted(target(stack));
  transfer.onFailed(target(stack));
  transfer.onCanceled(target(stack));
  transfer.onTimedOut(target(stack));
  return Template.fromStack(stack);
});

const executions =
  "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<AudioTransferWorkflowStateMachine.Name>:*";
const api = "arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<AudioTransferApiHttpApi>/*";

test("grants give exactly what their names say, each to who was given it", () => {
  expect(statementsOf(template, "StarterDefaultPolicy")).toEqual([
    { actions: ["states:StartExecution"], resources: ["<AudioTransferWorkflowStateMachine>"] },
  ]);
  expect(statementsOf(template, "FollowerDefaultPolicy")).toEqual([
    { actions: ["states:DescribeExecution", "states:GetExecutionHistory"], resources: [executions] },
  ]);
  expect(statementsOf(template, "StopperDefaultPolicy")).toEqual([
    { actions: ["states:StopExecution"], resources: [executions] },
  ]);
  const paths = [
    "DELETE/audio-projects/*",
    "DELETE/transfers/*",
    "GET/audio-projects/*",
    "GET/transfers/*",
    "POST/transfers",
  ];
  expect(statementsOf(template, "CallerDefaultPolicy")).toEqual([
    { actions: ["execute-api:Invoke"], resources: paths.map((path) => `${api}/${path}`) },
  ]);
});

test("who may call an API that is not there: nobody, with a reason", () => {
  withTransfer({ httpApi: false }, (transfer, stack) => {
    expect(() => transfer.grantInvokeApi(role(stack, "Caller"))).toThrow("grantInvokeApi: needs httpApi");
  });
});

const rulesOf = (template: Template) =>
  Object.entries(template.findResources("AWS::Events::Rule"))
    .filter(([id]) => !id.includes("Cleanup"))
    .map(([id, { Properties }]) => ({ id: id.replace(/[0-9A-F]{8}$/, ""), ...Properties }));

test("each type of event has its rule: our source, the type, and this stack's bucket; a rule takes five targets", () => {
  const rules = rulesOf(template);
  const completed = "AudioTransferOnTransferCompleted";
  expect(rules.map(({ id, Targets }) => [id, Targets.length])).toEqual([
    [completed, 5],
    [`${completed}2`, 1],
    ["AudioTransferOnTransferFailed", 1],
    ["AudioTransferOnTransferCanceled", 1],
    ["AudioTransferOnTransferTimedOut", 1],
  ]);
  const types = [eventTypes[0], ...eventTypes];
  expect(rules.map(({ EventPattern }) => EventPattern["detail-type"])).toEqual(types.map((type) => [type]));
  for (const { EventPattern, EventBusName } of rules) {
    expect(EventPattern.source).toEqual(["magic-hour-audio-transfer"]);
    expect(EventPattern.resources.map(readable)).toEqual(["<AudioTransferBucket.Arn>"]);
    expect(EventBusName).toBeUndefined();
  }
});

test("rules are on the bus that was brought, and those for S3's events on the account's own", () => {
  const own = withApp((app) => {
    const stack = new Stack(app, "Test");
    const transfer = new AudioTransfer(stack, "AudioTransfer", { eventBus: new EventBus(stack, "Bus") as IEventBus });
    transfer.onFailed(target(stack));
    transfer.onManifest(target(stack));
    return Template.fromStack(stack);
  });
  const [failed, manifest] = rulesOf(own);
  expect(failed).toMatchObject({ EventBusName: { Ref: expect.stringMatching(/^Bus/) } });
  expect(manifest?.EventBusName).toBeUndefined();
  expect(manifest?.EventPattern).toEqual({
    source: ["aws.s3"],
    "detail-type": ["Object Created"],
    detail: {
      bucket: { name: [{ Ref: expect.stringMatching(/^AudioTransferBucket/) }] },
      object: { key: [{ suffix: "/manifest.json" }] },
    },
  });
});

test("a pattern for a rule of one's own has the types that are asked for, or all", () => {
  withTransfer({}, (transfer) => {
    const { bucketArn } = transfer.bucket;
    const ours = { source: ["magic-hour-audio-transfer"], resources: [bucketArn] };
    expect(transfer.eventPattern()).toEqual(ours);
    const two = ["transfer.failed", "transfer.timed_out"] as const;
    expect(transfer.eventPattern(...two)).toEqual({ ...ours, detailType: two });
  });
});

test("metrics are those of the transfer workflow", () => {
  withTransfer({}, (transfer, stack) => {
    const { metricStarted, metricSucceeded, metricFailed, metricTimedOut, metricThrottled, metricAborted } = transfer;
    const metrics = [metricStarted, metricSucceeded, metricFailed, metricTimedOut, metricThrottled, metricAborted].map(
      (metric) => metric.call(transfer, { label: "ours" }),
    );
    expect(metrics.map(({ metricName }) => metricName)).toEqual([
      "ExecutionsStarted",
      "ExecutionsSucceeded",
      "ExecutionsFailed",
      "ExecutionsTimedOut",
      "ExecutionThrottled",
      "ExecutionsAborted",
    ]);
    for (const { namespace, dimensions, label } of metrics) {
      expect([namespace, label]).toEqual(["AWS/States", "ours"]);
      expect(stack.resolve(dimensions)).toEqual({
        StateMachineArn: { Ref: expect.stringMatching(/^AudioTransferWorkflowStateMachine/) },
      });
    }
  });
});
