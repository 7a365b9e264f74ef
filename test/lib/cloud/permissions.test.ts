import { expect, test } from "vitest";
import { statementsOf, synthesizedTemplate } from "./synthesized-stack.ts";

const template = synthesizedTemplate();

/** What every function may: write its own log, and its traces. */
const usual = (name: string) => [
  { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`<AudioTransfer${name}Log.Arn>`] },
  // X-Ray has no resource types.
  { actions: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], resources: ["*"] },
];
const readKey = { actions: ["secretsmanager:GetSecretValue"], resources: ["<AudioTransferApiKey>"] };
const startTransfers = { actions: ["states:StartExecution"], resources: ["<AudioTransferWorkflowStateMachine>"] };
const bucket = "<AudioTransferBucket.Arn>";

test("check-status may read the key", () => {
  expect(statementsOf(template, "CheckStatusPolicy")).toEqual([...usual("CheckStatus"), readKey]);
});

test("download-outputs may write and read objects of the bucket, but for the cleanup's, and look into it", () => {
  expect(statementsOf(template, "DownloadOutputsPolicy")).toEqual([
    ...usual("DownloadOutputs"),
    readKey,
    { actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"], resources: [`${bucket}/*`] },
    { effect: "Deny", actions: ["s3:PutObject"], resources: [`${bucket}/_cleanup/*`] },
    { actions: ["s3:ListBucket", "s3:ListBucketMultipartUploads"], resources: [bucket] },
  ]);
});

test("delete-project may only read the bucket", () => {
  expect(statementsOf(template, "DeleteProjectPolicy")).toEqual([
    ...usual("DeleteProject"),
    readKey,
    { actions: ["s3:GetObject"], resources: [`${bucket}/*`] },
    { actions: ["s3:ListBucket"], resources: [bucket] },
  ]);
});

test("schedule-cleanup may only write markers", () => {
  expect(statementsOf(template, "ScheduleCleanupPolicy")).toEqual([
    ...usual("ScheduleCleanup"),
    { actions: ["s3:PutObject"], resources: [`${bucket}/_cleanup/due/*`] },
  ]);
});

test("cleanup may read and write markers, start transfers and, in the stack's own bucket, abort uploads", () => {
  expect(statementsOf(template, "CleanupPassPolicy")).toEqual([
    ...usual("CleanupPass"),
    { actions: ["sqs:SendMessage"], resources: ["<AudioTransferCleanupDeadLetters.Arn>"] },
    readKey,
    startTransfers,
    { actions: ["s3:ListBucket"], resources: [bucket], conditions: { StringLike: { "s3:prefix": "_cleanup/*" } } },
    { actions: ["s3:GetObject", "s3:PutObject"], resources: [`${bucket}/_cleanup/*`] },
    { actions: ["s3:ListBucketMultipartUploads"], resources: [bucket] },
    { actions: ["s3:AbortMultipartUpload"], resources: [`${bucket}/*`] },
  ]);
});

test("cleanup leaves uploads alone in a bucket that others may use", () => {
  const statements = statementsOf(synthesizedTemplate({ bucketName: "my-bucket" }), "CleanupPassPolicy");
  expect(statements.flatMap(({ actions }) => actions).filter((action) => /Upload/.test(action))).toEqual([]);
  expect(statements.slice(-2).map(({ resources }) => resources)).toEqual([
    ["arn:<AWS::Partition>:s3:::my-bucket"],
    ["arn:<AWS::Partition>:s3:::my-bucket/_cleanup/*"],
  ]);
});

test("api may start, see and stop transfers, read the key, and read the bucket", () => {
  expect(statementsOf(template, "ApiPolicy")).toEqual([
    ...usual("Api"),
    readKey,
    startTransfers,
    {
      actions: ["states:DescribeExecution", "states:StopExecution"],
      resources: [
        "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<AudioTransferWorkflowStateMachine.Name>:*",
      ],
    },
    { actions: ["s3:GetObject"], resources: [`${bucket}/*`] },
    { actions: ["s3:ListBucket"], resources: [bucket] },
  ]);
});

test("receive-webhook may read the vendor's secret and start transfers", () => {
  expect(statementsOf(template, "ReceiveWebhookPolicy")).toEqual([
    ...usual("ApiReceiveWebhook"),
    { actions: ["secretsmanager:GetSecretValue"], resources: ["<AudioTransferApiVendorWebhookSecret>"] },
    startTransfers,
  ]);
});

test("notify may start deliveries", () => {
  expect(statementsOf(template, "NotifierNotifyPolicy")).toEqual([
    ...usual("NotifierNotify"),
    { actions: ["states:StartExecution"], resources: ["<AudioTransferNotifierDeliveriesStateMachine>"] },
  ]);
});

const ownSource = { StringEquals: { "events:source": "magic-hour-audio-transfer" } };

test("deliver may read the signing secret and put events of our own source on the default bus", () => {
  expect(statementsOf(template, "NotifierDeliverPolicy")).toEqual([
    ...usual("NotifierDeliver"),
    { actions: ["secretsmanager:GetSecretValue"], resources: ["<AudioTransferNotifierSigningSecret>"] },
    {
      actions: ["events:PutEvents"],
      resources: ["arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default"],
      conditions: ownSource,
    },
  ]);
});

test("endpoints with secrets of their own: deliver may read exactly those besides, and look at a bus of its own", () => {
  const arn = (name: string) => `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-AbCdEf`;
  const eventBusArn = "arn:aws:events:us-east-1:111122223333:event-bus/audio";
  const own = synthesizedTemplate({
    webhooks: [{ url: "https://one.example/a", signingSecretArn: arn("one") }, { url: "https://two.example" }],
    signingSecretArn: arn("shared"),
    eventBusArn,
  });
  expect(statementsOf(own, "NotifierDeliverPolicy").slice(2)).toEqual([
    { actions: ["secretsmanager:GetSecretValue"], resources: [arn("one"), arn("shared")] },
    { actions: ["events:PutEvents"], resources: [eventBusArn], conditions: ownSource },
    { actions: ["events:DescribeEventBus"], resources: [eventBusArn] },
  ]);
});

test.each([
  [
    "AudioTransferWorkflowPolicy",
    ["CheckStatus", "DeleteProject", "DownloadOutputs", "NotifierNotify", "ScheduleCleanup"],
  ],
  ["NotifierDeliveriesPolicy", ["NotifierDeliver"]],
])("%s: a workflow may call its own functions, deliver its log and trace", (policy, called) => {
  const [invoke, ...rest] = statementsOf(template, policy);
  expect(invoke).toEqual({
    actions: ["lambda:InvokeFunction"],
    resources: called.map((name) => `<AudioTransfer${name}Function.Arn>`),
  });
  // These two services have no resource types: the reason stands beside the acknowledgement.
  expect(rest.map(({ resources }) => resources)).toEqual([["*"], ["*"]]);
  expect(rest.flatMap(({ actions }) => actions).every((action) => /^(?:logs|xray):/.test(action))).toBe(true);
});
