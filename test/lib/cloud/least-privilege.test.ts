/** What no function may, whatever it is for. */
import { expect, test } from "vitest";
import { environmentNames } from "../../../functions/contract.ts";
import { readable, statementsOf, synthesizedTemplate } from "./synthesized-stack.ts";

const template = synthesizedTemplate();
const policyIds = Object.keys(template.findResources("AWS::IAM::Policy"));
const variables = Object.values(template.findResources("AWS::Lambda::Function")).map(
  ({ Properties }) => (Properties.Environment?.Variables ?? {}) as Record<string, unknown>,
);

test("there is one policy and one role for each of nine functions and two workflows", () => {
  expect(policyIds).toHaveLength(11);
  const roles = Object.values(template.findResources("AWS::IAM::Role"));
  expect(roles).toHaveLength(11);
  for (const { Properties } of roles) {
    expect(Properties.ManagedPolicyArns).toBeUndefined();
    expect(Properties.Policies).toBeUndefined();
  }
});

test("invariant 7: no statement anywhere may delete objects, versions or the bucket, or change its rules", () => {
  const actions = policyIds.flatMap((id) => statementsOf(template, id).flatMap((statement) => statement.actions));
  expect(actions).toContain("s3:PutObject");
  expect(actions.filter((action) => /\*|^s3:(?:Delete|PutBucket|PutLifecycle|Replicate|Restore)/.test(action))).toEqual(
    [],
  );
});

test("only what has no resource types is allowed on everything, and other wildcards are below one resource of ours", () => {
  const statements = policyIds.flatMap((id) => statementsOf(template, id));
  const onAll = statements.filter(({ resources }) => resources.includes("*")).flatMap(({ actions }) => actions);
  expect(onAll.filter((action) => !/^(?:xray:|logs:\w*(?:Deliver|ResourcePolic|LogGroups))/.test(action))).toEqual([]);
  const wildcards = new Set(statements.flatMap(({ resources }) => resources.filter((one) => /.\*|\?/.test(one))));
  expect([...wildcards].sort()).toEqual([
    "<AudioTransferBucket.Arn>/*",
    "<AudioTransferBucket.Arn>/_cleanup/*",
    "<AudioTransferBucket.Arn>/_cleanup/due/*",
    "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<AudioTransferWorkflowStateMachine.Name>:*",
  ]);
});

test("no function has a key, a secret or the guard's exceptions in its environment", () => {
  const { guardExceptions, apiKey, signingSecret, vendorWebhookSecret, baseUrl } = environmentNames;
  expect(variables).toHaveLength(9);
  for (const names of variables.map(Object.keys)) {
    for (const name of [guardExceptions, apiKey, signingSecret, vendorWebhookSecret, baseUrl]) {
      expect(names).not.toContain(name);
    }
    expect(names.filter((name) => name.startsWith("AWS_ENDPOINT_URL"))).toEqual([]);
  }
});

test("each function knows of secrets only those that it may read", () => {
  const texts = variables.map((set) => Object.values(set).map(readable).join());
  const knowing = (secret: string) => texts.filter((text) => text.includes(`<${secret}>`)).length;
  expect(knowing("AudioTransferApiKey")).toBe(5);
  expect(knowing("AudioTransferNotifierSigningSecret")).toBe(1);
  expect(knowing("AudioTransferApiVendorWebhookSecret")).toBe(1);
});

test("every function may be called by its own callers only; a workflow calls by its role", () => {
  const permissions = Object.values(template.findResources("AWS::Lambda::Permission")).map(
    ({ Properties: { Action, FunctionName, Principal, SourceArn } }) => {
      const name = readable(FunctionName).replace(/^<AudioTransfer(.*)Function\.Arn>$/, "$1");
      return `${Action} of ${name} by ${Principal} for ${readable(SourceArn)}`;
    },
  );
  const route = "arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<AudioTransferApiHttpApi>/*/*";
  const call = (name: string, caller: string) => `lambda:InvokeFunction of ${name} by ${caller}`;
  const byApi = "apigateway.amazonaws.com for";
  expect([...new Set(permissions)].sort()).toEqual(
    [
      call("Api", `${byApi} ${route}/audio-projects/{id}`),
      call("Api", `${byApi} ${route}/transfers`),
      call("Api", `${byApi} ${route}/transfers/{name}`),
      call("ApiReceiveWebhook", `${byApi} ${route}/webhooks/magic-hour`),
      call("CleanupPass", "events.amazonaws.com for <AudioTransferCleanupSchedule.Arn>"),
      ...["CleanupNotRunning", "DeletionsOverdue"].map((alarm) =>
        call("CleanupPass", `lambda.alarms.cloudwatch.amazonaws.com for <AudioTransferWatchingAlarms${alarm}.Arn>`),
      ),
    ].sort(),
  );
});
