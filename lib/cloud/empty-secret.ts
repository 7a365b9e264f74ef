import { RemovalPolicy, Validations } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { type CfnSecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";

/** What makes a secret that the vendor gives out. */
export interface EmptySecretProps {
  /** What it is, for the Secrets Manager console. */
  readonly description: string;
  /** What it is encrypted with. Default: Secrets Manager's own key. */
  readonly encryptionKey?: IKey;
}

/**
 * A secret whose value the vendor gives out. Created without a value, so that no made-up one can be mistaken for it; it is
 * filled once with `aws secretsmanager put-secret-value`. Kept when the stack is destroyed.
 */
export class EmptySecret extends Secret {
  constructor(scope: Construct, id: string, props: EmptySecretProps) {
    super(scope, id, { ...props, removalPolicy: RemovalPolicy.RETAIN });
    (this.node.defaultChild as CfnSecret).addPropertyDeletionOverride("GenerateSecretString");
    Validations.of(this).acknowledge({
      id: "AwsSolutions-SMG4",
      reason:
        "The vendor has no API that issues it, so nothing could rotate it; a new value is taken up within five minutes.",
    });
  }
}
