import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { App } from "aws-cdk-lib";
import { afterAll, expect, test } from "vitest";
import { environmentNames } from "../../../functions/contract.ts";
import { AudioTransferStack } from "../../../lib/cloud/audio-transfer-stack.ts";
import { startMagicHourSimulator } from "../../../lib/local/simulator/magic-hour-simulator.ts";

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
    .then((answer) => { process.stderr.write(JSON.stringify(answer)); process.exit(0); })`;
  const args = ["-e", script, bundles[name] ?? "", JSON.stringify(event)];
  const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: outdir, env: environment });
  return JSON.parse(stderr);
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

test("no bundle holds a source map or an absolute path of the machine that built it", () => {
  for (const path of Object.values(bundles)) {
    const text = readFileSync(path, "utf8");
    expect(text).not.toContain("sourceMappingURL=data:");
    expect(text).not.toContain(process.cwd());
  }
});
