import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningCommand, startAudioTransfer } from "./command-line.ts";

const directory = await mkdtemp(join(tmpdir(), "local-test-"));
const stateMachineArn = "arn:aws:states:us-east-1:000000000000:stateMachine:audio-transfer";
const hasAwsCli = spawnSync("aws", ["--version"]).status === 0;
let command: RunningCommand;
let endpoint = "";
let vendor = { url: "", key: "" };

beforeAll(async () => {
  const ports = ["--step-functions-port", "0", "--store-port", "0", "--simulator-port", "0", "--receiver-port", "0"];
  command = await startAudioTransfer(["local", "--store", directory, ...ports], /aws s3 ls/);
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
    .toMatch(/webhook transfer\.completed at \/webhooks, signature verified {2}msg_[0-9a-f]{40}/);
  const deliveries = { stateMachineArn: stateMachineArn.replace("audio-transfer", "audio-deliveries") };
  await expect
    .poll(async () =>
      (await client.send(new ListExecutionsCommand(deliveries))).executions?.map(({ status }) => status),
    )
    .toEqual(["SUCCEEDED", "SUCCEEDED"]);
});

test("what anybody sends to the receiver cannot steer the terminal", async () => {
  const receiver = /Webhooks {8}(\S+)/.exec(command.output)?.[1] ?? "";
  const body = JSON.stringify({ type: "\u001b[2Jcleared\u009b" });
  const response = await fetch(`${receiver}/x`, { method: "POST", headers: { "webhook-id": "a" }, body });
  expect(response.status).toBe(401);
  await expect.poll(() => command.output).toContain("cleared");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  expect(command.output).toMatch(/webhook {2}\[2Jcleared {2}at \/x, refused: [^\u001b\u009b]*\n/);
});

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
