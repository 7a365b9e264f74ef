import { describe, expect, it, onTestFinished, vi } from "vitest";
import { environmentNames, functionTimeoutSeconds } from "../../functions/contract.ts";
import { transferNameOf } from "../../functions/domain/transfer-name.ts";
import type { Environment } from "../../functions/environment.ts";
import { createReceiveWebhook } from "../../functions/receive-webhook.ts";
import { everythingIn } from "../support/everything-in.ts";
import { unusedPort } from "../support/unused-port.ts";
import { eventBody, timeLeft, vendorSecret, type WebhookParts, webhookRequest } from "../support/vendor-webhook.ts";
import {
  type AwsAnswer,
  type AwsRequest,
  awsFault,
  localEnvironment,
  runAwsJson,
} from "./adapters/running-aws-json.ts";

const machine = "arn:aws:states:us-east-1:000000000000:stateMachine:audio-transfer";
const secretArn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:vendor-abcdef";
const id = "cm3abc";
const completed = eventBody("audio.completed", id);

const started: AwsAnswer = { body: { executionArn: `${machine}:x`, startDate: 1 } };

/** The function, before a Step Functions that answers as given. */
async function setUp(environment: Environment = {}, answer: (request: AwsRequest) => AwsAnswer = () => started) {
  const { requests, url } = await runAwsJson(answer);
  const log: object[] = [];
  const clock = { now: Date.now() };
  const sink = { info: (line: object) => void log.push(line), warn: (line: object) => void log.push(line) };
  const run = createReceiveWebhook(
    {
      ...localEnvironment,
      AWS_ENDPOINT_URL_SFN: url,
      [environmentNames.transferStateMachine]: machine,
      [environmentNames.vendorWebhookSecret]: vendorSecret,
      ...environment,
    },
    { now: () => clock.now, random: Math.random, sink },
  );
  const receive = (parts: WebhookParts = {}, context = timeLeft()) =>
    run(webhookRequest({ body: completed, at: clock.now, ...parts }), context);
  return { run, receive, requests, log, clock };
}

/** Secrets Manager with these versions, for functions that are told where the secret is and not what it is. */
async function runSecretsManager(versions: Readonly<Record<string, AwsAnswer>>) {
  const { requests, url } = await runAwsJson(({ body }) => versions[String(body["VersionStage"])] ?? missing);
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", url);
  for (const [name, value] of Object.entries(localEnvironment)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const environment = {
    [environmentNames.vendorWebhookSecret]: undefined,
    [environmentNames.vendorWebhookSecretArn]: secretArn,
  };
  return { requests, environment };
}

const missing = awsFault("ResourceNotFoundException");
const holding = (text: string): AwsAnswer => ({ body: { ARN: secretArn, Name: "vendor", SecretString: text } });

/** A problem of RFC 9457. */
const problem = (status: number, error: string, detail: unknown) => ({ type: "about:blank", status, error, detail });

describe("a webhook of a project that has settled", () => {
  it.each(["audio.completed", "audio.errored"])(
    "%s starts its transfer, named after project and event",
    async (type) => {
      const { receive, requests, log } = await setUp();
      const answer = await receive({ body: eventBody(type, id) });
      const name = transferNameOf({ id }, type);
      expect(answer).toMatchObject({ statusCode: 202, headers: { "content-type": "application/json" } });
      expect(JSON.parse(answer.body ?? "")).toEqual({ name, started: true });
      const body = { stateMachineArn: machine, name, input: JSON.stringify({ id }) };
      expect(requests).toEqual([{ target: "AWSStepFunctions.StartExecution", body }]);
      expect(log).toEqual([{ message: "webhook received", event: type, id, execution: name, started: true }]);
    },
  );

  it("has nothing but its id in the transfer's input, and what the stack is configured to add", async () => {
    const shared = { deleteAfterDownload: true, metadata: { from: "webhook" } };
    const { receive, requests } = await setUp({ [environmentNames.vendorWebhookInput]: JSON.stringify(shared) });
    await receive({ body: eventBody("audio.completed", id, { downloadDirectory: "theirs", deadlineSeconds: 1 }) });
    expect(JSON.parse(String(requests[0]?.body["input"]))).toEqual({ ...shared, id });
    expect(requests[0]?.body["name"]).toBe(transferNameOf({ ...shared, id }, "audio.completed"));
  });

  it("is answered with 200 when it has started its transfer before", async () => {
    const { receive, log } = await setUp({}, () => awsFault("ExecutionAlreadyExists"));
    const answer = await receive();
    const name = transferNameOf({ id }, "audio.completed");
    expect([answer.statusCode, JSON.parse(answer.body ?? "")]).toEqual([200, { name, started: false }]);
    expect(log).toMatchObject([{ message: "webhook received", execution: name, started: false }]);
  });

  it("may come as Base64, and is what its bytes are", async () => {
    const { run, requests, clock } = await setUp();
    const body = `${completed}\n`;
    const request = webhookRequest({ body, at: clock.now, sent: Buffer.from(body).toString("base64") });
    expect(await run({ ...request, isBase64Encoded: true }, timeLeft())).toMatchObject({ statusCode: 202 });
    expect(await run(request, timeLeft())).toMatchObject({ statusCode: 401 });
    expect(requests).toHaveLength(1);
  });
});

describe("a webhook of anything else", () => {
  it.each([
    ["audio.started", id],
    ["video.completed", id],
    ["audio.invented", "../.."],
  ])("is acknowledged: %s", async (type, project) => {
    const { receive, requests, log } = await setUp();
    const answer = await receive({ body: eventBody(type, project) });
    expect(answer).toEqual({ statusCode: 204, headers: { "cache-control": "no-store" } });
    expect(requests).toEqual([]);
    const facts = { event: type, id: project === id ? id : null, execution: null, started: false };
    expect(log).toEqual([{ message: "webhook received", ...facts }]);
  });
});

describe("a webhook that is not the vendor's", () => {
  it("gets one answer, whatever is wrong, and starts nothing", async () => {
    const { receive, requests, log, clock } = await setUp();
    const forged: [string, WebhookParts][] = [
      ["unsigned", { headers: { "magic-hour-event-signature": undefined } }],
      ["unsigned", { headers: { "magic-hour-event-timestamp": undefined } }],
      ["malformed signature", { headers: { "magic-hour-event-signature": "SECRET" } }],
      ["malformed timestamp", { headers: { "magic-hour-event-timestamp": "SECRET" } }],
      ["wrong signature", { secret: "mhws_secret of another account" }],
      ["wrong signature", { sent: completed.replace(id, "cm3abd") }],
      ["stale timestamp", { at: clock.now - 301_000 }],
      ["stale timestamp", { at: clock.now + 301_000 }],
    ];
    const answers = [];
    for (const [, parts] of forged) answers.push(await receive(parts));
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toHaveProperty("size", 1);
    const [answer] = answers;
    expect(answer).toMatchObject({ statusCode: 401, headers: { "content-type": "application/problem+json" } });
    const detail = "the signature or its timestamp is missing, is wrong, or is more than 300 s from now";
    expect(JSON.parse(answer?.body ?? "")).toMatchObject(problem(401, "SignatureRefused", detail));
    expect(requests).toEqual([]);
    expect(log).toEqual(forged.map(([reason]) => ({ message: "webhook refused", reason })));
  });
});

describe("a webhook of the vendor's that is not usable", () => {
  it.each([
    ["no JSON", "{", "body: must be JSON"],
    ["no type", "{}", "type: must be a string, such as audio.completed"],
    ["no id", '{"type":"audio.completed","payload":{}}', "payload.id: must be a string of 1 to 64 characters"],
    ["an id of a path", eventBody("audio.errored", "a/b"), "payload.id: may hold only the characters A-Z a-z 0-9 _ -"],
  ])("is refused by field: %s", async (_, body, detail) => {
    const { receive, requests, log } = await setUp();
    const answer = await receive({ body });
    expect(answer).toMatchObject({ statusCode: 400, headers: { "content-type": "application/problem+json" } });
    expect(JSON.parse(answer.body ?? "")).toMatchObject(problem(400, "InvalidInput", detail));
    expect(requests).toEqual([]);
    expect(log).toEqual([{ message: "webhook refused", reason: detail }]);
  });

  it("is not looked at above 262,144 bytes", async () => {
    const { receive, requests } = await setUp();
    const most = completed.padEnd(262_144);
    expect(await receive({ body: most })).toMatchObject({ statusCode: 202 });
    const answer = await receive({ body: `${most} ` });
    const detail = "the body must be at most 262144 bytes";
    expect(JSON.parse(answer.body ?? "")).toMatchObject(problem(413, "BodyTooLarge", detail));
    expect(requests).toHaveLength(1);
  });
});

describe("a webhook that cannot be taken now", () => {
  /** It is to be sent again, and nothing is told of what is wrong here. */
  async function expectNotTaken({ receive, log }: Awaited<ReturnType<typeof setUp>>, reason: RegExp, left?: number) {
    const answer = await receive({}, timeLeft(left));
    expect(answer).toMatchObject({ statusCode: 503, headers: { "retry-after": "10" } });
    const detail = "the webhook cannot be taken now: send it again";
    expect(JSON.parse(answer.body ?? "")).toMatchObject(problem(503, "WebhookNotTaken", detail));
    expect(log).toEqual([{ message: "webhook refused", reason: expect.stringMatching(reason) }]);
  }

  it("because no secret is set", async () => {
    await expectNotTaken(await setUp({ [environmentNames.vendorWebhookSecret]: undefined }), /is not set/);
    await expectNotTaken(await setUp({ [environmentNames.vendorWebhookSecret]: " \n" }), /is not set/);
  });

  it.each([
    ["was never given a value", missing, /is not set/],
    ["is empty", holding(" "), /is not set/],
    ["is the console's default", holding('{"secret":"SECRET"}'), /is not the secret alone as plain text$/],
    ["may not be read", awsFault("AccessDeniedException"), /cannot be read: AccessDeniedException$/],
    ["cannot be reached", "reset", /cannot be read: /],
  ] satisfies [string, AwsAnswer, RegExp][])("because its secret %s", async (_, current, reason) => {
    const { environment } = await runSecretsManager({ AWSCURRENT: current });
    const running = await setUp(environment);
    await expectNotTaken(running, reason);
    expect(running.requests).toEqual([]);
    expect(everythingIn(running.log)).not.toContain("SECRET");
  });

  it("because Step Functions fails, refuses or is not there", async () => {
    await expectNotTaken(await setUp({}, () => awsFault("AccessDeniedException")), /was not started: AccessDenied/);
    await expectNotTaken(await setUp({}, () => awsFault("InternalError", 500)), /was not started: InternalError/);
    const nowhere = { AWS_ENDPOINT_URL_SFN: `http://127.0.0.1:${await unusedPort()}` };
    await expectNotTaken(await setUp(nowhere), /was not started: /);
  });

  it("because time is nearly up: two seconds of it are left for the answer", async () => {
    await expectNotTaken(await setUp({}, () => "stall"), /^no answer in time$/, 2_050);
    const { environment } = await runSecretsManager({ AWSCURRENT: "stall", AWSPREVIOUS: "stall" });
    await expectNotTaken(await setUp(environment), /^no answer in time$/, 2_050);
  });
});

describe("the answer", () => {
  it("comes within 7 s of the function's 9, and so within the vendor's 10", async () => {
    const { receive } = await setUp();
    const timers = vi.spyOn(globalThis, "setTimeout");
    onTestFinished(() => timers.mockRestore());
    await receive({}, timeLeft(functionTimeoutSeconds.receiveWebhook * 1_000));
    expect(timers.mock.calls[0]?.[1]).toBe(7_000);
  });
});

describe("the vendor's secret", () => {
  it("counts from the next webhook on once it is set at last, and none is lost until then", async () => {
    const versions: Record<string, AwsAnswer> = {};
    const { environment } = await runSecretsManager(versions);
    const { receive } = await setUp(environment);
    expect(await receive()).toMatchObject({ statusCode: 503 });
    versions["AWSCURRENT"] = holding(vendorSecret);
    expect(await receive()).toMatchObject({ statusCode: 202 });
  });

  it("is its current version or the one before, and is asked for once in five minutes", async () => {
    const versions = { AWSCURRENT: holding(`new ${vendorSecret}\n`), AWSPREVIOUS: holding(vendorSecret) };
    const { environment, requests } = await runSecretsManager(versions);
    const { receive, clock } = await setUp(environment);
    for (const secret of [vendorSecret, `new ${vendorSecret}`]) {
      expect(await receive({ secret })).toMatchObject({ statusCode: 202 });
    }
    expect(await receive({ secret: `old ${vendorSecret}` })).toMatchObject({ statusCode: 401 });
    expect(requests.map(({ body }) => body)).toEqual([
      { SecretId: secretArn, VersionStage: "AWSCURRENT" },
      { SecretId: secretArn, VersionStage: "AWSPREVIOUS" },
    ]);
    clock.now += 299_999;
    await receive();
    expect(requests).toHaveLength(2);
    clock.now += 1;
    await receive();
    expect(requests).toHaveLength(4);
  });
});

describe("the function that receives webhooks", () => {
  it("writes nothing of a webhook but its type and id, and no secret", async () => {
    const { receive, log, requests } = await setUp();
    const url = "https://audio.magichour.ai/output.wav?X-Goog-Signature=SECRET";
    const body = eventBody("audio.completed", id, { name: "SECRET", downloads: [{ url }] });
    const answers = [
      await receive({ body }),
      await receive({ body, secret: "SECRET" }),
      await receive({ body: `${body},` }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 401, 400]);
    expect(everythingIn([answers, log, requests])).not.toMatch(/SECRET|magichour|mhws_/);
  });

  it.each([
    ["no JSON", "{", "environment variable VENDOR_WEBHOOK_INPUT: must be JSON"],
    ["an id", '{"id":"x"}', "environment variable VENDOR_WEBHOOK_INPUT: id: cannot be the same for every project"],
    ["an unknown field", '{"x":1}', 'environment variable VENDOR_WEBHOOK_INPUT: "x": unknown field'],
  ])("refuses to be composed with an input that is %s", async (_, text, message) => {
    await expect(setUp({ [environmentNames.vendorWebhookInput]: text })).rejects.toThrow(message);
  });

  it("refuses to be composed without the state machine", async () => {
    const message = "environment variable TRANSFER_STATE_MACHINE_ARN is not set";
    await expect(setUp({ [environmentNames.transferStateMachine]: undefined })).rejects.toThrow(message);
  });
});
