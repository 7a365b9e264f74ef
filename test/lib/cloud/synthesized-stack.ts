import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { AudioTransferStack } from "../../../lib/cloud/audio-transfer-stack.ts";
import type { AudioTransferConfig } from "../../../lib/cloud/config.ts";

/** The template of a stack with this configuration; functions are not bundled. */
export function synthesizedTemplate(config: AudioTransferConfig = {}): Template {
  const outdir = mkdtempSync(join(tmpdir(), "cdk-test-"));
  const app = new App({ outdir, analyticsReporting: false, context: { "aws:cdk:bundling-stacks": [] } });
  return Template.fromStack(new AudioTransferStack(app, "Test", config));
}

/** An IAM statement as a template has it. */
export interface TemplateStatement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Effect: string;
}

/** Actions and resources of every statement of the policy of a role, the role found by a part of its logical id. */
export function statementsOf(template: Template, idPart: string): { actions: string[]; resources: string[] }[] {
  const policies = Object.entries(template.findResources("AWS::IAM::Policy")).filter(([id]) => id.includes(idPart));
  if (policies.length !== 1) throw new Error(`${policies.length} policies have ${idPart} in their id`);
  const statements: TemplateStatement[] = policies[0]?.[1]["Properties"].PolicyDocument.Statement;
  return statements.map(({ Action, Resource, Effect }) => {
    if (Effect !== "Allow") throw new Error(`a statement of ${idPart} is ${Effect}`);
    return { actions: [Action].flat().sort(), resources: [Resource].flat().map(readable).sort() };
  });
}

/** A reference as text, with the hash at the end of the logical id left out: `<AudioTransferBucket.Arn>/*`. */
export function readable(part: unknown): string {
  if (typeof part === "string") return part;
  const value = part as Record<string, unknown>;
  const join = value["Fn::Join"] as [string, unknown[]] | undefined;
  if (join) return join[1].map(readable).join(join[0]);
  const getAtt = value["Fn::GetAtt"] as [string, string] | undefined;
  const withoutHash = (id: string) => id.replace(/[0-9A-F]{8}$/, "");
  return getAtt ? `<${withoutHash(getAtt[0])}.${getAtt[1]}>` : `<${withoutHash(String(value["Ref"]))}>`;
}
