import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { runOutputStore } from "../../functions/adapters/running-output-store.ts";
import { eventOf, twoOutputs } from "./documented-event.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const outdir = mkdtempSync(join(tmpdir(), "on-manifest-app-"));
afterAll(() => rmSync(outdir, { recursive: true }));

/** Runs the app as `cdk deploy --app` does: the context of cdk.json and `-c` come as one JSON variable. */
async function runApp(context: Readonly<Record<string, string>>): Promise<{ code: number; stderr: string }> {
  const settings = JSON.parse(readFileSync(join(root, "cdk.json"), "utf8")) as { context: object };
  const env = {
    PATH: process.env["PATH"],
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ ...settings.context, ...context }),
  };
  return await promisify(execFile)(process.execPath, ["examples/on-manifest/app.ts"], { cwd: root, env }).then(
    ({ stderr }) => ({ code: 0, stderr }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
  );
}

test.each([
  [{}, "Error: bucketName: is missing; add -c bucketName=<BucketName>"],
  [{ bucketName: "" }, "Error: bucketName: must be 3 to 63 characters"],
  [{ bucketName: "My_Bucket" }, 'got "My_Bucket"'],
])("%j is refused, naming bucketName", async (context, message) => {
  const { code, stderr } = await runApp(context);
  expect(code).not.toBe(0);
  expect(stderr).toContain(message);
});

test("the app passes cdk-nag, and its bundled function reads a manifest as Lambda loads it", async () => {
  expect(await runApp({ bucketName: "my-bucket" })).toMatchObject({ code: 0 });
  const asset = readdirSync(outdir).find((name) => name.startsWith("asset."));
  const { outputs, store } = await runOutputStore();
  await outputs.writeManifest("audio-projects/cm1", twoOutputs());
  const written = await outputs.head("audio-projects/cm1/manifest.json");
  const event = eventOf({ key: "audio-projects/cm1/manifest.json", versionId: written?.versionId });
  // Without node_modules, and with nothing but the environment that Lambda sets and the way to another S3.
  const script = `require(process.argv[1]).handler(JSON.parse(process.argv[2]))
    .then((result) => process.stderr.write(JSON.stringify(result)))`;
  const args = ["-e", script, join(outdir, asset ?? "", "index.js"), JSON.stringify(event)];
  const env = {
    AWS_ENDPOINT_URL_S3: store.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "dummy",
    AWS_SECRET_ACCESS_KEY: "dummy",
  };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: outdir, env });
  expect(JSON.parse(stderr)).toEqual({ projectId: "cm1", outputs: twoOutputs().outputs });
  expect(stdout).toContain("audio-projects/cm1/1-output.mp3");
});
