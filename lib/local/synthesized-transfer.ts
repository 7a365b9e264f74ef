import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TransferFunctionName } from "../cloud/audio-transfer.ts";

/** The transfer workflow as CDK synthesizes it, with references resolved to the ARNs of the embedded cloud. */
export interface SynthesizedTransfer {
  /** The Amazon States Language definition. */
  readonly definition: object;
  /** ARN under which the definition calls each function. */
  readonly functionArns: Readonly<Record<TransferFunctionName, string>>;
}

/** The state machine's resource type, in a template. */
const stateMachineType = "AWS::StepFunctions::StateMachine";

/**
 * Synthesizes the stack in this process and takes the workflow out of its template. Functions are not bundled: the
 * embedded cloud runs them from their sources. The CDK is loaded here and not before, because that takes a second.
 * @throws {Error} when the template has another shape than expected
 */
export async function synthesizeTransfer(): Promise<SynthesizedTransfer> {
  const { App } = await import("aws-cdk-lib");
  const { AudioTransferStack } = await import("../cloud/audio-transfer-stack.ts");
  const outdir = mkdtempSync(join(tmpdir(), "audio-transfer-"));
  try {
    const app = new App({ outdir, analyticsReporting: false, context: { "aws:cdk:bundling-stacks": [] } });
    const stack = new AudioTransferStack(app, "Local");
    const arns = new Map<string, string>();
    const functionArns = Object.fromEntries(
      Object.entries(stack.transfer.functions).map(([name, { function: lambda }]) => {
        const arn = `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
        arns.set(JSON.stringify(stack.resolve(lambda.functionArn)), arn);
        return [name, arn];
      }),
    ) as Record<TransferFunctionName, string>;
    const template: Template = app.synth().getStackByName(stack.stackName).template;
    return { definition: readDefinition(template, arns), functionArns };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>>;
}

function readDefinition(template: Template, arns: ReadonlyMap<string, string>): object {
  const [machine, ...others] = Object.values(template.Resources).filter(({ Type }) => Type === stateMachineType);
  if (!machine || others.length > 0) throw new Error(`the template must have one ${stateMachineType}`);
  return JSON.parse(flatten(machine.Properties["DefinitionString"], arns)) as object;
}

/** A template value as text: joins are joined, references replaced. @throws {Error} for a reference nobody knows */
function flatten(part: unknown, arns: ReadonlyMap<string, string>): string {
  if (typeof part === "string") return part;
  const join = (part as Record<string, unknown>)["Fn::Join"] as [string, unknown[]] | undefined;
  if (join) return join[1].map((piece) => flatten(piece, arns)).join(join[0]);
  const arn = arns.get(JSON.stringify(part));
  if (arn) return arn;
  throw new Error(`the definition refers to ${JSON.stringify(part)}, which the embedded cloud does not have`);
}
