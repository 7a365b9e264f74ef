import { App, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import { expect, test } from "vitest";
import { AudioTransfer } from "../../../lib/cloud/audio-transfer.ts";
import { environmentOf, readable, synthesizedTemplate } from "./synthesized-stack.ts";

const template = synthesizedTemplate();
const onlyOne = (type: string) => {
  const found = Object.entries(template.findResources(type));
  if (found.length !== 1) throw new Error(`${found.length} resources are ${type}`);
  return { id: found[0]?.[0] ?? "", properties: found[0]?.[1]["Properties"] };
};
const queue = { "Fn::GetAtt": [onlyOne("AWS::SQS::Queue").id, "Arn"] };
const rule = { "Fn::GetAtt": [onlyOne("AWS::Events::Rule").id, "Arn"] };

test("every hour, and what cannot be handed over within an hour goes to the queue", () => {
  const { ScheduleExpression, State, Targets } = onlyOne("AWS::Events::Rule").properties;
  expect([ScheduleExpression, State]).toEqual(["rate(1 hour)", "ENABLED"]);
  expect(Targets).toMatchObject([
    {
      Arn: { "Fn::GetAtt": [expect.stringMatching(/^AudioTransferCleanupPassFunction/), "Arn"] },
      DeadLetterConfig: { Arn: queue },
      RetryPolicy: { MaximumEventAgeInSeconds: 3_600 },
    },
  ]);
});

test.each([
  [5, "rate(5 minutes)"],
  [60, "rate(1 hour)"],
  [90, "rate(90 minutes)"],
  [1_440, "rate(1 day)"],
])("every %i minutes, as configured", (cleanupIntervalMinutes, ScheduleExpression) => {
  const stack = new Stack(appWithoutBundles(), "Test");
  const { cleanup } = new AudioTransfer(stack, "AudioTransfer", { cleanupIntervalMinutes });
  expect(stack.resolve((cleanup.rule.node.defaultChild as { scheduleExpression?: string }).scheduleExpression)).toBe(
    ScheduleExpression,
  );
  expect(cleanup.interval.toMinutes()).toBe(cleanupIntervalMinutes);
});

test.each([{}, { deleteAfterDays: 30, recheckDays: 14 }])(
  "what leaves markers and what handles them know the same of the configuration: %j",
  (config) => {
    const configured = synthesizedTemplate(config);
    const policyOf = (name: string) => {
      const { RECHECK_DAYS, DELETE_AFTER_DAYS } = environmentOf(configured, name);
      return { RECHECK_DAYS, DELETE_AFTER_DAYS };
    };
    expect(policyOf("CleanupPass")).toEqual({
      RECHECK_DAYS: String(config.recheckDays ?? 7),
      DELETE_AFTER_DAYS: config.deleteAfterDays === undefined ? undefined : String(config.deleteAfterDays),
    });
    expect(policyOf("ScheduleCleanup")).toEqual(policyOf("CleanupPass"));
  },
);

test("a pass that failed is repeated twice, and then kept in the same queue with its error", () => {
  expect(onlyOne("AWS::Lambda::EventInvokeConfig").properties).toMatchObject({
    FunctionName: { Ref: expect.stringMatching(/^AudioTransferCleanupPassFunction/) },
    MaximumRetryAttempts: 2,
    MaximumEventAgeInSeconds: 3_600,
    DestinationConfig: { OnFailure: { Destination: queue } },
  });
});

test("the queue is encrypted, keeps what comes for 14 days, takes it over TLS, and of services from this rule only", () => {
  expect(onlyOne("AWS::SQS::Queue").properties).toEqual({
    MessageRetentionPeriod: 1_209_600,
    SqsManagedSseEnabled: true,
  });
  expect(onlyOne("AWS::SQS::QueuePolicy").properties.PolicyDocument.Statement).toEqual([
    expect.objectContaining({
      Effect: "Deny",
      Action: "sqs:*",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    }),
    expect.objectContaining({
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Condition: { ArnEquals: { "aws:SourceArn": rule } },
    }),
  ]);
});

test("a pass knows the bucket, the workflow, the key and for how long it looks again", () => {
  expect(environmentOf(template, "CleanupPass")).toEqual({
    MAGIC_HOUR_API_KEY_SECRET_ARN: "<AudioTransferApiKey>",
    OUTPUT_BUCKET: "<AudioTransferBucket>",
    TRANSFER_STATE_MACHINE_ARN: "<AudioTransferWorkflowStateMachine>",
    RECHECK_DAYS: "7",
    ABORT_ORPHANED_UPLOADS: "true",
  });
  const shared = synthesizedTemplate({ bucketName: "my-bucket" });
  expect(environmentOf(shared, "CleanupPass")).not.toHaveProperty("ABORT_ORPHANED_UPLOADS");
});

test("any alarm can make a pass, each with a permission of its own", () => {
  const stack = new Stack(appWithoutBundles(), "Test");
  const transfer = new AudioTransfer(stack, "AudioTransfer");
  for (const id of ["One", "Two"]) {
    const alarm = new Alarm(stack, id, { metric: transfer.metricFailed(), threshold: 1, evaluationPeriods: 1 });
    alarm.addAlarmAction(transfer.cleanup.alarmAction());
  }
  const own = Template.fromStack(stack);
  const callers = own.findResources("AWS::Lambda::Permission", {
    Properties: {
      Principal: "lambda.alarms.cloudwatch.amazonaws.com",
      SourceArn: { "Fn::GetAtt": [Match.stringLikeRegexp("^(One|Two)"), "Arn"] },
    },
  });
  expect(
    Object.values(callers)
      .map(({ Properties }) => readable(Properties.SourceArn))
      .sort(),
  ).toEqual(["<One.Arn>", "<Two.Arn>"]);
  own.hasResourceProperties("AWS::CloudWatch::Alarm", {
    AlarmActions: [{ "Fn::GetAtt": [Match.stringLikeRegexp("AudioTransferCleanupPassFunction"), "Arn"] }],
  });
});

function appWithoutBundles(): App {
  return new App({ analyticsReporting: false, context: { "aws:cdk:bundling-stacks": [] } });
}
