import { Stack, Validations } from "aws-cdk-lib";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { TransferFunction } from "./transfer-function.ts";

/**
 * Acknowledges, for cdk-nag, the one wildcard in the functions' permissions: `<bucket>/*`. Only this finding is
 * acknowledged; any other wildcard still fails the synthesis.
 */
export function acknowledgeObjectWildcard(
  bucket: IBucket,
  functions: Readonly<Record<string, TransferFunction>>,
): void {
  const finding = `AwsSolutions-IAM5[Resource::${asFinding(Stack.of(bucket).resolve(bucket.arnForObjects("*")))}]`;
  for (const { policy } of Object.values(functions)) {
    Validations.of(policy).acknowledge({
      id: finding,
      reason: "Object keys are chosen per transfer, so the key is a wildcard; no statement covers another bucket.",
    });
  }
}

/** An ARN as cdk-nag writes it in a finding: references as `<LogicalId.Attribute>`. */
function asFinding(part: unknown): string {
  if (typeof part === "string") return part;
  const intrinsic = part as Readonly<Record<string, unknown>>;
  const join = intrinsic["Fn::Join"] as [string, unknown[]] | undefined;
  if (join) return join[1].map(asFinding).join(join[0]);
  const attribute = intrinsic["Fn::GetAtt"] as string[] | undefined;
  return `<${attribute ? attribute.join(".") : String(intrinsic["Ref"])}>`;
}
