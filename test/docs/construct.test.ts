/** Runs the CDK app of docs/construct.md, type-checked, and looks at what it synthesizes. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { AudioTransferBase } from "../../lib/cloud/transfer-base.ts";
import { docs } from "./page.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);
const page = await readFile(new URL("construct.md", docs), "utf8");
const [, app = ""] = /^```ts\n(.*?)^```$/ms.exec(page) ?? [];

/** The app beside node_modules, as a user's would be. */
async function writeApp(): Promise<{ readonly file: string; readonly directory: string }> {
  await mkdir(join(root, ".local"), { recursive: true });
  const directory = await mkdtemp(join(root, ".local", "construct-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, "app.ts");
  await writeFile(file, app.replace('"magic-hour-audio-transfer"', '"../../lib/cloud/index.ts"'));
  return { file, directory };
}

test("the app type-checks, and deploys what it says", async () => {
  const { file, directory } = await writeApp();
  await writeFile(
    join(directory, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.json", include: ["*.ts"] }),
  );
  await run("tsc", ["--project", directory], { cwd: root });
  const env = {
    ...process.env,
    CDK_OUTDIR: join(directory, "out"),
    CDK_CONTEXT_JSON: '{"aws:cdk:bundling-stacks":[]}',
  };
  await run(process.execPath, [file], { cwd: root, env });
  const text = await readFile(join(directory, "out", "Podcasts.template.json"), "utf8");
  const { Resources } = JSON.parse(text) as { Resources: Record<string, { Type: string; Properties: object }> };
  const ofType = (type: string) => Object.values(Resources).filter(({ Type }) => Type === type);
  expect(ofType("AWS::SNS::Topic")).toHaveLength(1);
  expect(ofType("AWS::KMS::Key")).toHaveLength(1);
  expect(JSON.stringify(ofType("AWS::S3::Bucket"))).toContain('"SSEAlgorithm":"aws:kms"');
  const rules = JSON.stringify(ofType("AWS::Events::Rule"));
  expect(rules).toContain('"transfer.failed"');
  expect(rules).toContain('"/manifest.json"');
  const backend = Object.entries(Resources).find(
    ([id, { Type }]) => Type === "AWS::IAM::Policy" && /^Backend/.test(id),
  );
  for (const action of ["states:StartExecution", "execute-api:Invoke", "s3:GetObject*", "kms:Decrypt"]) {
    expect(JSON.stringify(backend), action).toContain(`"${action}"`);
  }
  expect(JSON.stringify(ofType("AWS::CloudWatch::Alarm"))).toContain('"ExecutionsFailed"');
});

test("the page says whose a bucket is, and what its rules must leave alone", () => {
  const [row = ""] = /^\| `bucket` \|.*$/m.exec(page) ?? [];
  expect(row).toMatch(/belongs to one `AudioTransfer` alone/);
  expect(row).toMatch(/archive.*`_cleanup\/`/);
});

test("the page names every grant, rule and metric that there is", () => {
  const methods = Object.getOwnPropertyNames(AudioTransferBase.prototype).filter((name) =>
    /^(grant[A-Z]|on[A-Z]|metric|event)/.test(name),
  );
  const missing = methods.filter(
    (name) => name !== "grantOnExecutions" && !page.includes(`\`${name}(`) && !page.includes(`\`${name}\``),
  );
  expect(missing).toEqual([]);
});
