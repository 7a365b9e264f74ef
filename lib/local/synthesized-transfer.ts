import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CfnStateMachine, StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { AudioTransferConfig } from "../cloud/config.ts";
import type { TransferFunctionName } from "../cloud/function-names.ts";

/** The two workflows as CDK synthesizes them, with references resolved to the ARNs of the embedded cloud. */
export interface SynthesizedTransfer {
  /** The transfer workflow, in the Amazon States Language. */
  readonly definition: object;
  /** The delivery workflow, in the Amazon States Language. */
  readonly deliveryDefinition: object;
  /** ARN under which the definitions call each function. */
  readonly functionArns: Readonly<Record<TransferFunctionName, string>>;
}

/**
 * Synthesizes the stack in this process and takes the workflows out of its template. Functions are not bundled: the
 * embedded cloud runs them from their sources. The CDK is loaded here and not before, because that takes a second.
 * @param config of the stack: with `deleteAfterDays` every copy passes `Schedule cleanup`. Default none
 * @throws {Error} when the template has another shape than expected
 */
export async function synthesizeTransfer(config: AudioTransferConfig = {}): Promise<SynthesizedTransfer> {
  const { App } = await import("aws-cdk-lib");
  const { AudioTransferStack } = await import("../cloud/audio-transfer-stack.ts");
  const outdir = mkdtempSync(join(tmpdir(), "audio-transfer-"));
  try {
    const app = new App({ outdir, analyticsReporting: false, context: { "aws:cdk:bundling-stacks": [] } });
    const stack = new AudioTransferStack(app, "Local", config);
    const arns = new Map<string, string>();
    const functionArns = Object.fromEntries(
      Object.entries(stack.transfer.functions).map(([name, { function: lambda }]) => {
        const arn = `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
        arns.set(JSON.stringify(stack.resolve(lambda.functionArn)), arn);
        return [name, arn];
      }),
    ) as Record<TransferFunctionName, string>;
    const template: Template = app.synth().getStackByName(stack.stackName).template;
    const definitionOf = ({ node }: StateMachine): object => {
      const properties = template.Resources[stack.getLogicalId(node.defaultChild as CfnStateMachine)]?.Properties;
      return JSON.parse(flatten(properties?.["DefinitionString"], arns)) as object;
    };
    const { stateMachine, notifier } = stack.transfer;
    const deliveryDefinition = definitionOf(notifier.stateMachine);
    return { definition: definitionOf(stateMachine), deliveryDefinition, functionArns };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Properties: Record<string, unknown> }>>;
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
