import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { cleanupDirectory } from "../../functions/domain/input.ts";

/** All that the cleanup keeps in the bucket: markers and cursors. */
export const cleanupKeys = `${cleanupDirectory}/*`;

/** Reading secrets, and using the customer's keys that they are encrypted with. */
export function readSecrets(...secrets: readonly ISecret[]): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ["secretsmanager:GetSecretValue"],
      resources: [...new Set(secrets.map(secretArnOf))],
    }),
    ...useKeys(
      secrets.map(({ encryptionKey }) => encryptionKey),
      "kms:Decrypt",
    ),
  ];
}

/** Where a secret was brought by its name alone, IAM needs a place for the six characters that end every secret's ARN. */
function secretArnOf({ secretFullArn, secretArn }: ISecret): string {
  return secretFullArn ?? `${secretArn}-??????`;
}

/** Reading what a bucket's key has encrypted, where it has a customer's key. */
export function readEncrypted({ encryptionKey }: IBucket): PolicyStatement[] {
  return useKeys([encryptionKey], "kms:Decrypt");
}

/**
 * Writing under a bucket's key, where it has a customer's key. Decrypt is for the parts of a multipart upload (S3 User
 * Guide, "Multipart upload API and permissions") and for the bucket key that S3 keeps in between.
 */
export function writeEncrypted({ encryptionKey }: IBucket): PolicyStatement[] {
  return useKeys([encryptionKey], "kms:Decrypt", "kms:GenerateDataKey");
}

function useKeys(keys: readonly (IKey | undefined)[], ...actions: string[]): PolicyStatement[] {
  const resources = [...new Set(keys.flatMap((key) => key?.keyArn ?? []))];
  return resources.length > 0 ? [new PolicyStatement({ actions, resources })] : [];
}

/** Actions on objects of a bucket, below a prefix or on all of them. */
export function onObjects(bucket: IBucket, keys: string, ...actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: [bucket.arnForObjects(keys)] });
}

/** Refuses actions on objects of a bucket below a prefix, whatever else allows them. */
export function neverOnObjects(bucket: IBucket, keys: string, ...actions: string[]): PolicyStatement {
  return new PolicyStatement({ effect: Effect.DENY, actions, resources: [bucket.arnForObjects(keys)] });
}

/** Actions on a bucket itself. */
export function onBucket(bucket: IBucket, ...actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: [bucket.bucketArn] });
}

/** Starting executions of a state machine. */
export function startExecutions({ stateMachineArn }: StateMachine): PolicyStatement {
  return new PolicyStatement({ actions: ["states:StartExecution"], resources: [stateMachineArn] });
}
