import { Stack, Validations } from "aws-cdk-lib";
import type { Policy } from "aws-cdk-lib/aws-iam";

/**
 * Acknowledges, for cdk-nag, one wildcard in a function's permissions. Only this finding is acknowledged; any other
 * wildcard still fails the synthesis.
 * @param resource the resource as the statement has it
 * @param reason why it cannot be narrower
 */
export function acknowledgeWildcard(policy: Policy, resource: string, reason: string): void {
  const finding = () => `AwsSolutions-IAM5[Resource::${asFinding(Stack.of(policy).resolve(resource))}]`;
  const early = finding();
  Validations.of(policy).acknowledge({ id: early, reason });
  // A resource of another stack is an import, and gets its name when CDK prepares the app, which it validates next.
  policy.node.addValidation({
    validate() {
      const id = finding();
      if (id !== early) Validations.of(policy).acknowledge({ id, reason });
      return [];
    },
  });
}

/** An ARN as cdk-nag writes it in a finding: references as `<LogicalId.Attribute>`. */
function asFinding(part: unknown): string {
  if (typeof part === "string") return part;
  const intrinsic = part as Readonly<Record<string, unknown>>;
  const join = intrinsic["Fn::Join"] as [string, unknown[]] | undefined;
  if (join) return join[1].map(asFinding).join(join[0]);
  const attribute = intrinsic["Fn::GetAtt"] as string[] | undefined;
  if (attribute) return `<${attribute.join(".")}>`;
  // What another stack of the same app exports.
  if (intrinsic["Fn::ImportValue"] !== undefined) return asFinding(intrinsic["Fn::ImportValue"]);
  return intrinsic["Ref"] === undefined ? JSON.stringify(part) : `<${String(intrinsic["Ref"])}>`;
}
