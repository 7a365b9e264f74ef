import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { App } from "aws-cdk-lib";
import { afterAll, expect, test } from "vitest";
import { bundleFunctions } from "../../../bin/build/bundle-functions.ts";
import { environmentNames, vendorWebhookRoute } from "../../../functions/contract.ts";
import { AudioTransferStack } from "../../../lib/cloud/audio-transfer-stack.ts";
import { newSigningSecret } from "../../../lib/local/embedded-cloud.ts";
import { startObjectStore } from "../../../lib/local/object-store/object-store.ts";
import { startMagicHourSimulator } from "../../../lib/local/simulator/magic-hour-simulator.ts";
import { startWebhookReceiver } from "../../../lib/local/webhook-receiver.ts";
import { stateMachineArn } from "../../../lib/local/workflows/arns.ts";
import { startStepFunctionsEndpoint } from "../../../lib/local/workflows/step-functions-endpoint.ts";
import { Workflows } from "../../../lib/local/workflows/workflows.ts";

const outdir = mkdtempSync(join(tmpdir(), "bundles-test-"));
afterAll(() => rmSync(outdir, { recursive: true }));

/** The real bundles, as `cdk deploy` uploads them, by function name. */
const bundles = ((): Record<string, string> => {
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new AudioTransferStack(app, "Test");
  const { template } = app.synth().getStackByName("Test");
  const resources = template.Resources as Record<string, { Properties: { Code?: { S3Key: string } } }>;
  return Object.fromEntries(
    Object.entries(stack.transfer.functions).map(([name, { function: lambda }]) => {
      const id = stack.getLogicalId(lambda.node.defaultChild as Parameters<typeof stack.getLogicalId>[0]);
      const key = resources[id]?.Properties.Code?.S3Key ?? "";
      return [name, join(outdir, `asset.${key.replace(/\.zip$/, "")}`, "index.js")];
    }),
  );
})();

/** Loads a bundle as Lambda does, without node_modules, and calls its handler. */
async function invoke(name: string, event: unknown, environment: Record<string, string>): Promise<unknown> {
  const script = `require(process.argv[1]).handler(JSON.parse(process.argv[2]), { getRemainingTimeInMillis: () => 45000 })
    .then((result) => ({ result }), ({ name, message }) => ({ name, message }))
    .then((answer) => { process.stderr.write("\\n" + JSON.stringify(answer)); process.exit(0); })`;
  const args = ["-e", script, bundles[name] ?? "", JSON.stringify(event)];
  const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: outdir, env: environment });
  // What a function warns of stands above it.
  return JSON.parse(stderr.slice(stderr.lastIndexOf("\n")));
}

const execution = { name: "test", startedAt: new Date().toISOString() };

test.each(["check-status", "download-outputs", "delete-project"])(
  "%s: its bundle loads and its errors keep their names",
  async (name) => {
    const environment = {
      [environmentNames.apiKey]: "mhk_test",
      [environmentNames.bucket]: "bucket",
      AWS_REGION: "us-east-1",
    };
    const answer = await invoke(name, { execution, input: { id: "../x" } }, environment);
    expect(answer).toMatchObject({ name: "InvalidInput", message: expect.stringContaining("id: may hold only") });
  },
);

const place = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
const transfers = { [environmentNames.transferStateMachine]: stateMachineArn("transfers") };
const request = (routeKey: string, more: object) => ({ routeKey, rawQueryString: "", headers: {}, ...more });

test("schedule-cleanup and cleanup: one leaves a marker from its bundle, the other passes over what is not due", async () => {
  const directory = mkdtempSync(join(tmpdir(), "bundles-test-store-"));
  const store = await startObjectStore({ directory, buckets: ["bucket"] });
  try {
    const environment = { ...place, ...transfers, [environmentNames.bucket]: "bucket", AWS_ENDPOINT_URL_S3: store.url };
    const failure = { error: "DeadlineExceeded", detail: { errorMessage: "still pending" } };
    const output = { id: "a1", finishedAt: execution.startedAt };
    const state = { execution, input: { id: "a1" }, output, failure };
    await expect(invoke("schedule-cleanup", state, environment)).resolves.toMatchObject({ result: state });
    expect(readdirSync(join(directory, "bucket/_cleanup/due"))).toEqual([expect.stringMatching(/-recheck-a1-/)]);
    const pass = await invoke("cleanup", {}, { ...environment, [environmentNames.apiKey]: "mhk_test" });
    expect(pass).toMatchObject({ result: { due: 0, started: 0, failed: 0 } });
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
});

test("api answers from its bundle, with the problem's name", async () => {
  const environment = {
    ...place,
    ...transfers,
    [environmentNames.bucket]: "bucket",
    [environmentNames.apiKey]: "mhk_test",
  };
  const answer = await invoke("api", request("POST /transfers", { body: '{"id":"../x"}' }), environment);
  expect(answer).toMatchObject({
    result: { statusCode: 400, body: expect.stringContaining('"error":"InvalidInput"') },
  });
});

test("receive-webhook refuses from its bundle what nobody has signed", async () => {
  const environment = { ...place, ...transfers, [environmentNames.vendorWebhookSecret]: "secret" };
  const answer = await invoke("receive-webhook", request(vendorWebhookRoute, { body: "{}" }), environment);
  expect(answer).toMatchObject({ result: { statusCode: 401 } });
});

test("check-status polls a project from its bundle", async () => {
  const simulator = await startMagicHourSimulator();
  try {
    const id = simulator.createProject({ endIn: "queued" });
    const environment = {
      [environmentNames.apiKey]: simulator.apiKey,
      [environmentNames.baseUrl]: simulator.url,
      [environmentNames.guardExceptions]: simulator.url,
    };
    const answer = await invoke("check-status", { execution, input: { id } }, environment);
    expect(answer).toMatchObject({ result: { check: { next: "wait", waitSeconds: 3 }, output: { status: "queued" } } });
  } finally {
    await simulator.close();
  }
});

test("deliver sends a signed webhook from its bundle", async () => {
  const secret = newSigningSecret();
  const receiver = await startWebhookReceiver({ signingSecrets: [secret] });
  try {
    const environment = {
      [environmentNames.bucket]: "bucket",
      [environmentNames.signingSecret]: secret,
      [environmentNames.guardExceptions]: receiver.url,
    };
    const event = { type: "transfer.completed", timestamp: new Date().toISOString(), data: {} };
    const input = { messageId: "msg_1", endpoint: `${receiver.url}/hook`, event };
    const answer = await invoke("deliver", { execution, input }, environment);
    expect(answer).toMatchObject({ result: { attempt: { outcome: "delivered", status: 204 } } });
    expect(receiver.received).toMatchObject([{ messageId: "msg_1", isVerified: true, body: JSON.stringify(event) }]);
    const refused = await invoke("deliver", { execution, input: { ...input, messageId: "a.b" } }, environment);
    expect(refused).toMatchObject({ name: "InvalidInput", message: expect.stringContaining("messageId: must be") });
  } finally {
    await receiver.close();
  }
});

test("notify starts a delivery for the bus and each endpoint from its bundle", async () => {
  const workflows = new Workflows();
  const arn = stateMachineArn("deliveries");
  workflows.add({
    name: "deliveries",
    arn,
    definition: { StartAt: "End", States: { End: { Type: "Succeed" } } },
    functions: {},
  });
  const endpoint = await startStepFunctionsEndpoint({ workflows });
  try {
    const environment = {
      [environmentNames.deliveryStateMachine]: arn,
      [environmentNames.eventBus]: "arn:aws:events:us-east-1:000000000000:event-bus/default",
      [environmentNames.notifyHosts]: "example.com",
      AWS_ENDPOINT_URL_SFN: endpoint.url,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    };
    const input = { id: "../x", notify: ["https://example.com/hook", "https://elsewhere.example/"] };
    const failure = { error: "InvalidInput", detail: { errorMessage: "id: no" } };
    await expect(invoke("notify", { execution, input, failure }, environment)).resolves.toMatchObject({ result: {} });
    const started = workflows.list(arn).items.map((one) => JSON.parse(one.input));
    expect(started.map((one) => one.endpoint).sort()).toEqual([
      environment[environmentNames.eventBus],
      "https://example.com/hook",
    ]);
    expect(started[0].event).toMatchObject({ type: "transfer.failed", data: { error: { name: "InvalidInput" } } });
  } finally {
    await endpoint.close();
  }
});

test("no bundle holds a source map or an absolute path of the machine that built it", () => {
  for (const path of Object.values(bundles)) {
    const text = readFileSync(path, "utf8");
    expect(text).not.toContain("sourceMappingURL=data:");
    expect(text).not.toContain(process.cwd());
  }
});

test("the package's bundles are byte for byte those of a checkout", async () => {
  const directory = mkdtempSync(join(tmpdir(), "bundles-test-package-"));
  try {
    await bundleFunctions(directory);
    expect(readdirSync(directory).sort()).toEqual(Object.keys(bundles).sort());
    for (const [name, path] of Object.entries(bundles)) {
      expect(readFileSync(join(directory, name, "index.js")).equals(readFileSync(path)), name).toBe(true);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});
