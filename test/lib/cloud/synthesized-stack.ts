import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, type StackProps } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { AudioTransferStack } from "../../../lib/cloud/audio-transfer-stack.ts";
import type { AudioTransferConfig } from "../../../lib/cloud/config.ts";

/** The template of a stack with this configuration; functions are not bundled. */
export function synthesizedTemplate(config: AudioTransferConfig = {}, props: StackProps = {}): Template {
  return withApp((app) => Template.fromStack(new AudioTransferStack(app, "Test", config, props)));
}

/** Calls with an app whose functions are not bundled, and whose files are gone afterwards. */
export function withApp<Result>(use: (app: App, outdir: string) => Result): Result {
  const outdir = mkdtempSync(join(tmpdir(), "cdk-test-"));
  try {
    return use(new App({ outdir, analyticsReporting: false, context: { "aws:cdk:bundling-stacks": [] } }), outdir);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** An IAM statement as a template has it. */
export interface TemplateStatement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Effect: string;
  readonly Condition?: object;
}

/** A statement as tests compare it: sorted, and readable. */
export interface ReadableStatement {
  /** Only where it is no permission but a refusal. */
  readonly effect?: "Deny";
  readonly actions: string[];
  readonly resources: string[];
  readonly conditions?: object;
}

/** Actions, resources and conditions of every statement of a policy, found by a part of its logical id. */
export function statementsOf(template: Template, idPart: string): ReadableStatement[] {
  const policies = Object.entries(template.findResources("AWS::IAM::Policy")).filter(([id]) => id.includes(idPart));
  if (policies.length !== 1) throw new Error(`${policies.length} policies have ${idPart} in their id`);
  const statements: TemplateStatement[] = policies[0]?.[1]["Properties"].PolicyDocument.Statement;
  return statements.map(({ Action, Resource, Effect, Condition: conditions }) => {
    const effect = Effect === "Deny" && { effect: "Deny" as const };
    const resources = [Resource].flat().map(readable).sort();
    return { ...effect, actions: [Action].flat().sort(), resources, ...(conditions && { conditions }) };
  });
}

/** The environment of a function, found by the name of its construct, with references as {@link readable} text. */
export function environmentOf(template: Template, name: string): Record<string, string> {
  const functions = Object.entries(template.findResources("AWS::Lambda::Function"));
  const found = functions.filter(([id]) => id.replace(/[0-9A-F]{8}$/, "") === `AudioTransfer${name}Function`);
  if (found.length !== 1) throw new Error(`${found.length} functions are ${name}`);
  const variables: Record<string, unknown> = found[0]?.[1]["Properties"].Environment.Variables;
  return Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, readable(value)]));
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
