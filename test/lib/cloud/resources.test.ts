import { execFileSync } from "node:child_process";
import { Match, type Template } from "aws-cdk-lib/assertions";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSigningKeys } from "../../../functions/domain/signature.ts";
import { environmentOf, synthesizedTemplate } from "./synthesized-stack.ts";

const template = synthesizedTemplate();

test("what is the vendor's to give out is created empty and outlives the stack", () => {
  const empty = template.findResources("AWS::SecretsManager::Secret", {
    DeletionPolicy: "Retain",
    Properties: { GenerateSecretString: Match.absent(), SecretString: Match.absent() },
  });
  expect(Object.keys(empty).map((id) => id.slice(0, -8))).toEqual([
    "AudioTransferApiKey",
    "AudioTransferApiVendorWebhookSecret",
  ]);
});

test("the signing secret is made up by Secrets Manager, in the form of one, and outlives the stack", () => {
  template.hasResource("AWS::SecretsManager::Secret", {
    DeletionPolicy: "Retain",
    Properties: {
      GenerateSecretString: { PasswordLength: 44, ExcludePunctuation: true },
      SecretString: Match.absent(),
    },
  });
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9]{44}$/), (text) => {
      expect(parseSigningKeys(text)).toMatchObject([{ scheme: "v1", secret: { length: 33 } }]);
    }),
  );
});

test("functions are arm64 on Node 24, traced, with JSON logs, bounded time, and a log group and role of their own", () => {
  const functions = Object.values(template.findResources("AWS::Lambda::Function")).map(({ Properties }) => Properties);
  const times = functions.map(({ Timeout }) => Number(Timeout));
  expect(times.sort((one, other) => one - other)).toEqual([9, 29, 45, 45, 45, 45, 900, 900, 900]);
  for (const one of functions) {
    expect(one.Runtime).toBe("nodejs24.x");
    expect(one.Architectures).toEqual(["arm64"]);
    expect(one.MemorySize).toBeGreaterThanOrEqual(256);
    expect(one.TracingConfig).toEqual({ Mode: "Active" });
    expect(one.LoggingConfig).toMatchObject({ LogFormat: "JSON", LogGroup: { Ref: expect.any(String) } });
  }
  expect(new Set(functions.map(({ Role }) => JSON.stringify(Role))).size).toBe(9);
  expect(new Set(functions.map(({ LoggingConfig }) => JSON.stringify(LoggingConfig))).size).toBe(9);
});

test("where outputs pass through, and nowhere else, Node keeps its young generation small", () => {
  const functions = Object.entries(template.findResources("AWS::Lambda::Function"));
  const set = functions.flatMap(([id, { Properties }]) => {
    const options: unknown = Properties.Environment?.Variables?.NODE_OPTIONS;
    return options === undefined ? [] : [[id.replace(/Function[0-9A-F]{8}$/, ""), options]];
  });
  const options = "--max-semi-space-size=1 --expose-gc";
  expect(set.sort()).toEqual([
    ["AudioTransferDeleteProject", options],
    ["AudioTransferDownloadOutputs", options],
  ]);
  // Node refuses to start with an option that it does not take from there.
  const answer = execFileSync(process.execPath, ["-p", "6 * 7"], { env: { NODE_OPTIONS: options }, encoding: "utf8" });
  expect(answer.trim()).toBe("42");
});

test("every log group ends after three months", () => {
  // Nine functions, two workflows, the API's access log.
  template.resourceCountIs("AWS::Logs::LogGroup", 12);
  template.allResourcesProperties("AWS::Logs::LogGroup", { RetentionInDays: 90 });
});

test("two stacks of one account and region do not share a log group's name", () => {
  const namesIn = (stackName: string) => {
    const groups = Object.values(synthesizedTemplate({}, { stackName }).findResources("AWS::Logs::LogGroup"));
    return groups.flatMap(({ Properties }) => Properties.LogGroupName ?? []);
  };
  const [one, two] = [namesIn("one"), namesIn("two")];
  expect(one).toHaveLength(3);
  for (const name of one) expect(name).toMatch(/^\/aws\/vendedlogs\/(?:states|apigateway)\/one-/);
  expect(new Set([...one, ...two]).size).toBe(6);
});

test("notify and deliver know the deliveries, the bus, the bucket, the endpoints and the hosts; a list may forbid all", () => {
  expect(environmentOf(template, "NotifierNotify")).toEqual({
    DELIVERY_STATE_MACHINE_ARN: "<AudioTransferNotifierDeliveriesStateMachine>",
    EVENT_BUS_ARN: "arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default",
    WEBHOOK_ENDPOINTS: "[]",
    NOTIFY_HOSTS: "*",
  });
  expect(environmentOf(template, "NotifierDeliver")).toEqual({
    OUTPUT_BUCKET: "<AudioTransferBucket>",
    WEBHOOK_SIGNING_SECRET_ARN: "<AudioTransferNotifierSigningSecret>",
    WEBHOOK_ENDPOINTS: "[]",
  });
  const webhooks = [{ url: "https://one.example/a" }];
  const strict = synthesizedTemplate({ notifyHosts: [], webhooks });
  const endpoints = { WEBHOOK_ENDPOINTS: JSON.stringify(webhooks) };
  expect(environmentOf(strict, "NotifierNotify")).toMatchObject({ NOTIFY_HOSTS: "", ...endpoints });
  expect(environmentOf(strict, "NotifierDeliver")).toMatchObject(endpoints);
  for (const name of ["CheckStatus", "Api"]) expect(environmentOf(strict, name)).toMatchObject({ NOTIFY_HOSTS: "" });
  const listed = synthesizedTemplate({ notifyHosts: ["example.com", "*.example.org"] });
  expect(environmentOf(listed, "NotifierNotify")).toMatchObject({ NOTIFY_HOSTS: "example.com,*.example.org" });
});

test("polls and what is left to the cleanup are as configured", () => {
  const polls = (own: Template) => environmentOf(own, "CheckStatus");
  expect(polls(template)).toMatchObject({ DEADLINE_SECONDS: "86400", POLL_INTERVAL_SECONDS: "3" });
  expect(environmentOf(template, "ScheduleCleanup")).toEqual({
    OUTPUT_BUCKET: "<AudioTransferBucket>",
    RECHECK_DAYS: "7",
  });
  const own = synthesizedTemplate({
    deadlineSeconds: 600,
    pollIntervalSeconds: 60,
    deleteAfterDays: 30,
    recheckDays: 0,
  });
  expect(polls(own)).toMatchObject({ DEADLINE_SECONDS: "600", POLL_INTERVAL_SECONDS: "60" });
  expect(environmentOf(own, "ScheduleCleanup")).toMatchObject({ DELETE_AFTER_DAYS: "30", RECHECK_DAYS: "0" });
  expect(environmentOf(own, "CleanupPass")).toMatchObject({ RECHECK_DAYS: "0", ABORT_ORPHANED_UPLOADS: "true" });
});

test("only with retention does every copy leave a marker", () => {
  const afterCopy = (own: Template) => {
    const machines = Object.values(own.findResources("AWS::StepFunctions::StateMachine"));
    const texts = machines.map(({ Properties }) => JSON.stringify(Properties.DefinitionString));
    const text = texts.find((one) => one.includes("Delete asked?")) ?? "";
    return /\\"Delete asked\?\\":\{.*?\\"Default\\":\\"(.*?)\\"/.exec(text)?.[1];
  };
  expect(afterCopy(template)).toBe("Notify");
  expect(afterCopy(synthesizedTemplate({ deleteAfterDays: 1 }))).toBe("Schedule cleanup");
});

test("both state machines are traced Standard ones that log everything but the data", () => {
  template.resourceCountIs("AWS::StepFunctions::StateMachine", 2);
  template.allResourcesProperties("AWS::StepFunctions::StateMachine", {
    StateMachineType: "STANDARD",
    TracingConfiguration: { Enabled: true },
    LoggingConfiguration: { Level: "ALL", IncludeExecutionData: false },
  });
});
