import { Arn, ArnFormat, Stack, Token } from "aws-cdk-lib";
import type { Construct } from "constructs";

/**
 * Checks that something existing is of the stack's region: the functions' clients, PutEvents and alarms reach no other.
 * Looked at where both regions are known.
 * @param name the key that it came by
 * @throws {Error} naming the key and both regions
 */
export function checkRegion(scope: Construct, name: string, arn: string | undefined): void {
  const { region } = Stack.of(scope);
  if (arn === undefined || Token.isUnresolved(arn) || Token.isUnresolved(region)) return;
  const { region: found } = Arn.split(arn, ArnFormat.NO_RESOURCE_NAME);
  if (found !== region) throw new Error(`${name}: must be of the stack's region ${region}, got ${found}`);
}
