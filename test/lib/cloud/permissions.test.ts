import { Match } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { readable, statementsOf, synthesizedTemplate } from "./synthesized-stack.ts";

const template = synthesizedTemplate();

const ownLog = (name: string) => ({
  actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
  resources: [`<AudioTransfer${name}Log.Arn>`],
});
const readKey = { actions: ["secretsmanager:GetSecretValue"], resources: ["<AudioTransferApiKey>"] };

test("check-status may read the key and write its log, nothing else", () => {
  expect(statementsOf(template, "CheckStatusPolicy")).toEqual([ownLog("CheckStatus"), readKey]);
});

test("download-outputs may write and read objects of the bucket and look into it", () => {
  expect(statementsOf(template, "DownloadOutputsPolicy")).toEqual([
    ownLog("DownloadOutputs"),
    readKey,
    {
      actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
      resources: ["<AudioTransferBucket.Arn>/*"],
    },
    { actions: ["s3:ListBucket", "s3:ListBucketMultipartUploads"], resources: ["<AudioTransferBucket.Arn>"] },
  ]);
});

test("delete-project may only read the bucket", () => {
  expect(statementsOf(template, "DeleteProjectPolicy")).toEqual([
    ownLog("DeleteProject"),
    readKey,
    { actions: ["s3:GetObject"], resources: ["<AudioTransferBucket.Arn>/*"] },
    { actions: ["s3:ListBucket"], resources: ["<AudioTransferBucket.Arn>"] },
  ]);
});

test("notify may start deliveries and nothing else", () => {
  expect(statementsOf(template, "NotifierNotifyPolicy")).toEqual([
    ownLog("NotifierNotify"),
    { actions: ["states:StartExecution"], resources: ["<AudioTransferNotifierDeliveriesStateMachine>"] },
  ]);
});

test("deliver may read the signing secret and put events on the default bus", () => {
  expect(statementsOf(template, "NotifierDeliverPolicy")).toEqual([
    ownLog("NotifierDeliver"),
    { actions: ["secretsmanager:GetSecretValue"], resources: ["<AudioTransferNotifierSigningSecret>"] },
    {
      actions: ["events:PutEvents"],
      resources: ["arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default"],
    },
  ]);
});

test("deliver may put events of our own source only", () => {
  template.hasResourceProperties("AWS::IAM::Policy", {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: "events:PutEvents",
          Condition: { StringEquals: { "events:source": "magic-hour-audio-transfer" } },
        }),
      ]),
    },
  });
});

test("the delivery workflow may call deliver only", () => {
  const [invoke, ...rest] = statementsOf(template, "NotifierDeliveriesPolicy");
  expect(invoke).toEqual({
    actions: ["lambda:InvokeFunction"],
    resources: ["<AudioTransferNotifierDeliverFunction.Arn>"],
  });
  expect(rest.map(({ resources }) => resources)).toEqual([["*"], ["*"]]);
});

test("endpoints with secrets of their own: deliver may read exactly those besides", () => {
  const arn = (name: string) => `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-AbCdEf`;
  const own = synthesizedTemplate({
    webhooks: [{ url: "https://one.example/a", signingSecretArn: arn("one") }, { url: "https://two.example" }],
    signingSecretArn: arn("shared"),
    eventBusArn: "arn:aws:events:us-east-1:111122223333:event-bus/audio",
  });
  const [, secrets, bus, look] = statementsOf(own, "NotifierDeliverPolicy");
  expect(secrets?.resources).toEqual([arn("one"), arn("shared")]);
  const ownBus = ["arn:aws:events:us-east-1:111122223333:event-bus/audio"];
  expect(bus).toEqual({ actions: ["events:PutEvents"], resources: ownBus });
  expect(look).toEqual({ actions: ["events:DescribeEventBus"], resources: ownBus });
});

test("the workflow may call its four functions, deliver its log and trace", () => {
  const [invoke, ...rest] = statementsOf(template, "AudioTransferWorkflowPolicy");
  expect(invoke).toEqual({
    actions: ["lambda:InvokeFunction"],
    resources: [
      "<AudioTransferCheckStatusFunction.Arn>",
      "<AudioTransferDeleteProjectFunction.Arn>",
      "<AudioTransferDownloadOutputsFunction.Arn>",
      "<AudioTransferNotifierNotifyFunction.Arn>",
    ],
  });
  // These two services have no resource types: the reason stands beside the acknowledgement.
  expect(rest.map(({ resources }) => resources)).toEqual([["*"], ["*"]]);
  expect(rest.flatMap(({ actions }) => actions).every((action) => /^(?:logs|xray):/.test(action))).toBe(true);
});

test("invariant 7: no statement anywhere may delete objects, versions or the bucket", () => {
  const all = Object.values(template.findResources("AWS::IAM::Policy")).map(({ Properties }) =>
    JSON.stringify(Properties),
  );
  expect(all).toHaveLength(7);
  for (const policy of all) expect(policy).not.toMatch(/s3:(?:Delete|\*|PutBucket|PutLifecycle)|"\*:\*"|"Action":"\*"/);
});

test("every role has exactly one policy and no managed one", () => {
  const roles = Object.values(template.findResources("AWS::IAM::Role"));
  expect(roles).toHaveLength(7);
  for (const { Properties } of roles) {
    expect(Properties.ManagedPolicyArns).toBeUndefined();
    expect(Properties.Policies).toBeUndefined();
  }
});

test("an existing bucket and secret are used, and no new ones made", () => {
  const apiKeySecretArn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:key-AbCdEf";
  const own = synthesizedTemplate({ bucketName: "my-bucket", apiKeySecretArn });
  own.resourceCountIs("AWS::S3::Bucket", 0);
  own.resourceCountIs("AWS::SecretsManager::Secret", 1);
  const statements = statementsOf(own, "DownloadOutputsPolicy").map(({ resources }) => resources);
  expect(statements.slice(1)).toEqual([
    [apiKeySecretArn],
    ["arn:<AWS::Partition>:s3:::my-bucket/*"],
    ["arn:<AWS::Partition>:s3:::my-bucket"],
  ]);
  own.hasResourceProperties("AWS::Lambda::Function", {
    Environment: { Variables: { OUTPUT_BUCKET: "my-bucket", MAGIC_HOUR_API_KEY_SECRET_ARN: apiKeySecretArn } },
  });
});

test("no function has a key, a secret or the guard's exceptions in its environment", () => {
  const variables = Object.values(template.findResources("AWS::Lambda::Function")).map(
    ({ Properties }) => Properties.Environment?.Variables ?? {},
  );
  expect(variables).toHaveLength(5);
  for (const names of variables.map(Object.keys)) {
    expect(names).not.toContain("GUARDED_HTTP_EXCEPTIONS");
    expect(names).not.toContain("MAGIC_HOUR_API_KEY");
    expect(names).not.toContain("WEBHOOK_SIGNING_SECRET");
    expect(names.filter((name) => name.startsWith("AWS_ENDPOINT_URL"))).toEqual([]);
  }
  const texts = variables.map((set) => Object.values(set).map(readable).join());
  expect(texts.filter((text) => text.includes("<AudioTransferApiKey>"))).toHaveLength(3);
  expect(texts.filter((text) => text.includes("<AudioTransferNotifierSigningSecret>"))).toHaveLength(1);
  template.allResourcesProperties("AWS::Lambda::Function", Match.objectLike({ Architectures: ["arm64"] }));
});
