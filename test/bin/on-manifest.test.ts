import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, expect, test } from "vitest";
import { localStateMachineArn as stateMachineArn } from "../../lib/local/local-machines.ts";
import { audioTransfer, freePorts, startAudioTransfer } from "./command-line.ts";

const directory = await mkdtemp(join(tmpdir(), "on-manifest-test-"));
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Options of a command with a store of its own. */
const withStore = (name: string) => ["local", "--store", join(directory, "stores", name), ...freePorts()];

/** Writes a module into the directory and gives its path. */
async function moduleOf(name: string, code: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, code);
  return path;
}

/** Creates a project at the simulator of `audio-transfer local`, transfers it and gives the execution's output. */
async function transfer(printed: string) {
  const [, url = "", key = ""] = /MAGIC_HOUR_BASE_URL=(\S+) MAGIC_HOUR_API_KEY=(\S+)/.exec(printed) ?? [];
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const body = JSON.stringify({ style: { prompt: "Good evening", voice_name: "Morgan" } });
  const created = await fetch(`${url}/v1/ai-voice-generator`, { method: "POST", headers, body });
  const { id } = (await created.json()) as { id: string };
  const endpoint = /Step Functions {2}(\S+)/.exec(printed)?.[1] ?? "";
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new SFNClient({ endpoint, region: "us-east-1", credentials });
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input: `{"id":"${id}"}` }));
  const look = () => client.send(new DescribeExecutionCommand({ executionArn }));
  await expect.poll(async () => (await look()).status, { timeout: 60_000, interval: 200 }).toBe("SUCCEEDED");
  const { output = "" } = await look();
  client.destroy();
  return JSON.parse(output);
}

test("--on-manifest calls the example's handler with the event of the manifest, again after a failure, and finds the local S3", {
  timeout: 180_000,
}, async () => {
  const example = new URL("../../examples/on-manifest/read-manifest.ts", import.meta.url);
  const seen = join(directory, "seen.json");
  const code = `
      import { writeFileSync } from "node:fs";
      import { handler as example } from ${JSON.stringify(example)};
      let calls = 0;
      export async function handler(event, context) {
        calls += 1;
        if (calls === 1) throw new RangeError("the first call");
        const { awsRequestId, functionName } = context;
        const result = await example(event);
        const profile = process.env.AWS_PROFILE ?? null;
        const left = context.getRemainingTimeInMillis();
        writeFileSync(${JSON.stringify(seen)}, JSON.stringify({ calls, event, result, profile, awsRequestId, functionName, left }));
      }`;
  const module = await moduleOf("wrapped.mjs", code);
  const args = [...withStore("called"), "--on-manifest", module];
  await using command = await startAudioTransfer(args, /aws s3 ls/, { AWS_PROFILE: "mine", AWS_SESSION_TOKEN: "t" });
  expect(command.output).toContain(`Manifests       ${module} is called with the event of each\n`);
  const { id, manifest, outputs } = await transfer(command.output);
  await expect.poll(() => command.output, { timeout: 60_000 }).toContain(`on-manifest done: "${manifest.key}"\n`);

  expect(command.output).toMatch(new RegExp(`on-manifest failed: "${manifest.key}": RangeError: the first call\n +at`));
  for (const { key, sha256 } of outputs) {
    expect(command.output).toMatch(new RegExp(`output saved[^}]*key: '${key}'[^}]*sha256: '${sha256}'`));
  }
  const { event, ...call } = JSON.parse(await readFile(seen, "utf8"));
  expect(event).toMatchObject({
    source: "aws.s3",
    detail: { bucket: { name: manifest.bucket }, object: { key: manifest.key } },
  });
  const context = { awsRequestId: event.id, functionName: "on-manifest", left: expect.any(Number) };
  expect(call).toEqual({ calls: 2, result: { projectId: id, outputs }, profile: null, ...context });
  expect(call.left).toBeGreaterThan(800_000);
});

test.each([
  [
    "throws when it is loaded",
    "thrown.mjs",
    "throw new RangeError('loading');",
    /cannot be loaded: RangeError: loading/,
  ],
  ["exports no handler", "other.mjs", "export const handle = () => undefined;", /exports no function 'handler'/],
])("--on-manifest with a module that %s is bad usage, and nothing stays up", async (_what, name, code, message) => {
  const module = await moduleOf(name, code);
  const { code: exitCode, stdout, stderr } = await audioTransfer([...withStore(name), "--on-manifest", module]);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
  expect(stderr).toContain(`error: --on-manifest ${module}: `);
});
