/** A project that uses the package: its files by their names. */
export const consumer: Readonly<Record<string, string>> = {
  "package.json": '{ "name": "podcasts", "private": true, "type": "module" }',

  "tsconfig.json": JSON.stringify({
    compilerOptions: {
      target: "es2024",
      lib: ["es2024", "esnext.disposable"],
      module: "nodenext",
      types: ["node"],
      strict: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      preserveSymlinks: true,
    },
    files: ["app.ts", "client.ts"],
  }),

  "app.ts": `
import { createRequire } from "node:module";
import { App, Stack } from "aws-cdk-lib";
import { AudioTransfer, type AudioTransferProps, type TransferEventType, eventTypes } from "magic-hour-audio-transfer";

const app = new App({ outdir: "cdk.out", analyticsReporting: false });
const props: AudioTransferProps = { deleteAfterDays: 30 };
const transfer = new AudioTransfer(new Stack(app, "Podcasts"), "AudioTransfer", props);
eventTypes[0] satisfies TransferEventType;
transfer.bucket.bucketName satisfies string;
// @ts-expect-error: the bucket is no number. Types that nobody finds would be any, which is everything.
transfer.bucket satisfies number;
// @ts-expect-error: there is no such prop.
({ deleteAfterYears: 1 }) satisfies AudioTransferProps;

const { Resources } = app.synth().getStackByName("Podcasts").template as {
  Resources: Record<string, { Type: string; Properties: { Code?: { S3Key: string } } }>;
};
const keys = Object.values(Resources).flatMap(({ Type, Properties }) =>
  Type === "AWS::Lambda::Function" && Properties.Code ? [Properties.Code.S3Key] : [],
);
const cdk = createRequire(createRequire(import.meta.url).resolve("aws-cdk-lib"));
const bundlers = ["esbuild", "typescript"].filter((name) => {
  try {
    return cdk.resolve(name) !== "";
  } catch {
    return false;
  }
});
console.log(JSON.stringify({ bundlers, assets: keys.map((key) => "asset." + key.replace(/\\.zip$/, "")) }));
`,

  "client.ts": `
import { AudioProjects, type CheckResult, ProjectFailed, Transfers } from "magic-hour-audio-transfer/client";

const projects = new AudioProjects({ apiKey: "mhk_test" });
const check = (id: string): Promise<CheckResult> => projects.checkResult({ id });
const transferStateMachineArn = "arn:aws:states:us-east-1:123456789012:stateMachine:Transfers";
const transfers = new Transfers({ transferStateMachineArn });
// @ts-expect-error: an id is text.
const misuse = () => projects.get({ id: 1 });
console.log(new ProjectFailed("no voice").name, typeof check, typeof transfers.start, typeof misuse);
await projects.close();
`,
};
