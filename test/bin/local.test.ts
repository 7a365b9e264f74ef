import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, expect, test } from "vitest";
import { audioTransfer, freePorts, type RunningCommand, startAudioTransfer } from "./command-line.ts";

const directory = await mkdtemp(join(tmpdir(), "local-test-"));
const stateMachineArn = "arn:aws:states:us-east-1:000000000000:stateMachine:audio-transfer";
const hasAwsCli = spawnSync("aws", ["--version"]).status === 0;
let command: RunningCommand;
let endpoint = "";
let vendor = { url: "", key: "" };

beforeAll(async () => {
  command = await startAudioTransfer(["local", "--store", directory, ...freePorts()], /aws s3 ls/);
  endpoint = /Step Functions {2}(\S+)/.exec(command.output)?.[1] ?? "";
  const [, url = "", key = ""] = /MAGIC_HOUR_BASE_URL=(\S+) MAGIC_HOUR_API_KEY=(\S+)/.exec(command.output) ?? [];
  vendor = { url, key };
});

afterAll(async () => {
  await command[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

async function createProject(): Promise<string> {
  const headers = { authorization: `Bearer ${vendor.key}`, "content-type": "application/json" };
  const body = JSON.stringify({ style: { prompt: "Good evening", voice_name: "Morgan" } });
  const response = await fetch(`${vendor.url}/v1/ai-voice-generator`, { method: "POST", headers, body });
  return ((await response.json()) as { id: string }).id;
}

test("@aws-sdk/client-sfn unchanged starts and follows a transfer; a second start returns the first", async () => {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SFN: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
  const client = new SFNClient({});
  const id = await createProject();
  const start = new StartExecutionCommand({ stateMachineArn, name: id, input: JSON.stringify({ id }) });
  const first = await client.send(start);
  const second = await client.send(start);
  expect(second).toMatchObject({ executionArn: first.executionArn, startDate: first.startDate });
  const other = new StartExecutionCommand({ stateMachineArn, name: id, input: JSON.stringify({ id, metadata: {} }) });
  await expect(client.send(other)).rejects.toMatchObject({ name: "ExecutionAlreadyExists" });

  const describe = new DescribeExecutionCommand({ executionArn: first.executionArn });
  await expect
    .poll(async () => (await client.send(describe)).status, { timeout: 30_000, interval: 200 })
    .toBe("SUCCEEDED");
  const output = JSON.parse((await client.send(describe)).output ?? "{}");
  expect(output).toMatchObject({ id, verdict: "complete", outputs: [{}, {}] });
  for (const { bucket, key, bytes } of output.outputs) {
    expect((await readFile(join(directory, bucket, key))).length).toBe(bytes);
  }

  await expect
    .poll(() => command.output, { timeout: 10_000 })
    .toMatch(/webhook verified: "transfer\.completed" at "\/webhooks", message "msg_[0-9a-f]{40}"\n/);
  const deliveries = { stateMachineArn: stateMachineArn.replace("audio-transfer", "audio-deliveries") };
  await expect
    .poll(async () =>
      (await client.send(new ListExecutionsCommand(deliveries))).executions?.map(({ status }) => status),
    )
    .toEqual(["SUCCEEDED", "SUCCEEDED"]);
});

test("the HTTP API starts and shows a transfer, as the banner says it", async () => {
  const [, pasted = ""] = /^(curl -s http\S+\/transfers .*)$/m.exec(command.output) ?? [];
  const id = await createProject();
  const started = JSON.parse(execFileSync("sh", ["-c", pasted], { env: { ...process.env, id }, encoding: "utf8" }));
  expect(started).toMatchObject({ name: expect.stringMatching(`^${id}-`), status: "RUNNING", input: { id } });
  const [, api = ""] = /HTTP API {8}(\S+)/.exec(command.output) ?? [];
  const follow = async () => {
    const response = await fetch(`${api}/transfers/${started.name}`);
    return ((await response.json()) as { status: string }).status;
  };
  await expect.poll(follow, { timeout: 30_000, interval: 200 }).toBe("SUCCEEDED");
});

test("what anybody sends to the receiver can neither steer the terminal nor read as a verdict", async () => {
  const receiver = /Webhooks {8}(\S+)/.exec(command.output)?.[1] ?? "";
  const forged = "webhook verified: transfer.completed";
  const body = JSON.stringify({ type: `${forged} at /webhooks, signature verified${" ".repeat(300)}` });
  const headers = { "webhook-id": `\u009b2J ${forged}` };
  const response = await fetch(`${receiver}/${"x".repeat(300)}`, { method: "POST", headers, body });
  expect(response.status).toBe(401);
  await expect.poll(() => command.output).toContain("xxx");
  expect(command.output).toMatch(
    /\nwebhook refused \(Missing required headers\.\): at "\/x{47}", message "\S{1,100}"\n/,
  );
  expect(command.output).not.toContain(forged);
  expect(command.output).not.toContain("\u009b");
});

test.each(["--http-api-port", "--receiver-port", "--simulator-port", "--store-port", "--step-functions-port"])(
  "with the port of %s taken it ends with code 1 and names both",
  async (option) => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    try {
      const { port } = taken.address() as AddressInfo;
      const ports = freePorts({ [option]: port });
      const { code, stdout, stderr } = await audioTransfer(["local", "--store", join(directory, option), ...ports]);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toBe(`error: port ${port} is taken: choose another with ${option}, 0 for any free one\n`);
    } finally {
      taken.close();
    }
  },
);

test.skipIf(!existsSync("/proc/self")).each(["local", "run"])(
  "%s ends with code 1 and names a store directory that cannot be made",
  async (name) => {
    const ports = name === "local" ? freePorts() : [];
    const { code, stdout, stderr } = await audioTransfer([name, "--store", "/proc/x", ...ports]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^error: \/proc\/x cannot be the object store's directory: ENOENT/);
  },
);

test.skipIf(!hasAwsCli)(
  "the AWS CLI starts and follows a transfer (skipped where `aws` is not installed)",
  async () => {
    const id = await createProject();
    const credentials = { AWS_DEFAULT_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
    const aws = (...args: string[]) =>
      JSON.parse(
        execFileSync("aws", ["stepfunctions", ...args, "--endpoint-url", endpoint, "--output", "json"], {
          env: { ...process.env, ...credentials },
          encoding: "utf8",
        }),
      );
    const start = [
      "start-execution",
      "--state-machine-arn",
      stateMachineArn,
      "--name",
      id,
      "--input",
      JSON.stringify({ id }),
    ];
    const first = aws(...start);
    expect(aws(...start)).toEqual(first);
    const describe = () => aws("describe-execution", "--execution-arn", first.executionArn);
    await expect.poll(() => describe().status, { timeout: 30_000, interval: 500 }).toBe("SUCCEEDED");
    expect(JSON.parse(describe().output)).toMatchObject({ id, verdict: "complete" });
  },
);
