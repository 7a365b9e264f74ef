import { RemovalPolicy, Validations } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";

/** Characters of a generated secret: 44 of base64 without padding are 33 bytes, within the 24 to 64 that are allowed. */
const generatedCharacters = 44;

/** What makes a signing secret. */
export interface SigningSecretProps {
  /** What it is encrypted with. Default: Secrets Manager's own key. */
  readonly encryptionKey?: IKey;
}

/**
 * The secret that webhooks are signed with. Secrets Manager makes it up, so that deploying is enough: 44 letters and digits
 * are base64 as they are, of 33 bytes (262 random bits), and libraries take them with or without `whsec_` in front. Kept
 * when the stack is destroyed, because receivers know it.
 */
export class SigningSecret extends Secret {
  constructor(scope: Construct, id: string, { encryptionKey }: SigningSecretProps = {}) {
    super(scope, id, {
      ...(encryptionKey && { encryptionKey }),
      description: "Signs webhooks (Standard Webhooks): give it to receivers",
      generateSecretString: { passwordLength: generatedCharacters, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this).acknowledge({
      id: "AwsSolutions-SMG4",
      reason:
        "A rotation that receivers do not know of would break them. Both the current and the previous version sign, so a new value can be put at any time, and takes effect within five minutes.",
    });
  }
}
