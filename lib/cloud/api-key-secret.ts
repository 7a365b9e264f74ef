import { RemovalPolicy, Validations } from "aws-cdk-lib";
import { type CfnSecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";

/**
 * The secret for the vendor's API key. Created without a value, so that no made-up key can be mistaken for one; it is
 * filled once with `aws secretsmanager put-secret-value`. Kept when the stack is destroyed.
 */
export class ApiKeySecret extends Secret {
  constructor(scope: Construct, id: string) {
    super(scope, id, { description: "Magic Hour API key (mhk_…)", removalPolicy: RemovalPolicy.RETAIN });
    (this.node.defaultChild as CfnSecret).addPropertyDeletionOverride("GenerateSecretString");
    Validations.of(this).acknowledge({
      id: "AwsSolutions-SMG4",
      reason:
        "The vendor has no API that issues keys, so nothing could rotate it; a new key is taken up within five minutes.",
    });
  }
}
