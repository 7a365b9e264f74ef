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

test("the workflow may call its three functions, deliver its log and trace", () => {
  const [invoke, ...rest] = statementsOf(template, "AudioTransferWorkflowPolicy");
  expect(invoke).toEqual({
    actions: ["lambda:InvokeFunction"],
    resources: [
      "<AudioTransferCheckStatusFunction.Arn>",
      "<AudioTransferDeleteProjectFunction.Arn>",
      "<AudioTransferDownloadOutputsFunction.Arn>",
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
  expect(all).toHaveLength(4);
  for (const policy of all) expect(policy).not.toMatch(/s3:(?:Delete|\*|PutBucket|PutLifecycle)|"\*:\*"|"Action":"\*"/);
});

test("every role has exactly one policy and no managed one", () => {
  const roles = Object.values(template.findResources("AWS::IAM::Role"));
  expect(roles).toHaveLength(4);
  for (const { Properties } of roles) {
    expect(Properties.ManagedPolicyArns).toBeUndefined();
    expect(Properties.Policies).toBeUndefined();
  }
});

test("an existing bucket and secret are used, and no new ones made", () => {
  const apiKeySecretArn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:key-AbCdEf";
  const own = synthesizedTemplate({ bucketName: "my-bucket", apiKeySecretArn });
  own.resourceCountIs("AWS::S3::Bucket", 0);
  own.resourceCountIs("AWS::SecretsManager::Secret", 0);
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

test("no function has the vendor's key or the guard's exceptions in its environment", () => {
  const variables = Object.values(template.findResources("AWS::Lambda::Function")).map(
    ({ Properties }) => Properties.Environment?.Variables ?? {},
  );
  expect(variables).toHaveLength(3);
  for (const names of variables.map(Object.keys)) {
    expect(names).not.toContain("GUARDED_HTTP_EXCEPTIONS");
    expect(names).not.toContain("MAGIC_HOUR_API_KEY");
    expect(names).not.toContain("AWS_ENDPOINT_URL_S3");
  }
  const texts = variables.map((set) => Object.values(set).map(readable).join());
  expect(texts.every((text) => text.includes("<AudioTransferApiKey>"))).toBe(true);
  template.allResourcesProperties("AWS::Lambda::Function", Match.objectLike({ Architectures: ["arm64"] }));
});
