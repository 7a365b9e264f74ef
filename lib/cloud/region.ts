import { Arn, ArnFormat, Stack, Token } from "aws-cdk-lib";
import type { Construct } from "constructs";

/**
 * Checks that something existing is of the stack's region: the functions' clients, PutEvents and alarms reach no other.
 * Looked at where both regions are known.
 * @param name the key that it came by
 * @throws {Error} naming the key and both regions
 */
export function checkRegion(scope: Construct, name: string, arn: string | undefined): void {
  if (arn === undefined || Token.isUnresolved(arn)) return;
  checkSameRegion(scope, name, Arn.split(arn, ArnFormat.NO_RESOURCE_NAME).region);
}

/**
 * As {@link checkRegion}, for what has no region in its ARN, such as a bucket.
 * @param found its region, as far as it is known
 * @throws {Error} naming the key and both regions
 */
export function checkSameRegion(scope: Construct, name: string, found: string | undefined): void {
  const { region } = Stack.of(scope);
  if (found === undefined || found === region || Token.isUnresolved(found) || Token.isUnresolved(region)) return;
  throw new Error(`${name}: must be of the stack's region ${region}, got ${found}`);
}
