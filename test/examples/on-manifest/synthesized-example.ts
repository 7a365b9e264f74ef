import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { OnManifestStack } from "../../../examples/on-manifest/stack.ts";
import type { EventPattern } from "../../../lib/local/event-bus/event-pattern.ts";

/** The pattern of the example's rule for a bucket, out of the synthesized template; the function is not bundled. */
export function synthesizedPattern(bucketName: string): EventPattern {
  const outdir = mkdtempSync(join(tmpdir(), "on-manifest-pattern-"));
  try {
    const app = new App({ outdir, analyticsReporting: false, context: { "aws:cdk:bundling-stacks": [] } });
    const template = Template.fromStack(new OnManifestStack(app, "Test", { bucketName }));
    const [rule] = Object.values(template.findResources("AWS::Events::Rule"));
    return rule?.["Properties"].EventPattern;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
