import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AudioTransferStack } from "../../../lib/cloud/audio-transfer-stack.ts";
import { withApp } from "./synthesized-stack.ts";

/** A Python tool, which npm does not bring. */
const tool = "cfn-lint";

test("cfn-lint finds no error in the templates", { timeout: 300_000 }, ({ skip }) => {
  const { status } = spawnSync(tool, ["--version"]);
  skip(status !== 0, "cfn-lint, a Python tool, is not installed: `cfn-lint --version` does not work.");
  withApp((app, outdir) => {
    new AudioTransferStack(app, "AsItIs");
    new AudioTransferStack(app, "Small", { httpApi: false, deleteAfterDays: 30, bucketName: "my-bucket" });
    app.synth();
    const templates = ["AsItIs", "Small"].map((name) => join(outdir, `${name}.template.json`));
    // Warnings do not count: W3005 is about the dependencies on a role that CDK writes beside references to it.
    const found = spawnSync(tool, ["--non-zero-exit-code", "error", ...templates], { encoding: "utf8" });
    expect(found.status, found.stdout).toBe(0);
  });
});
