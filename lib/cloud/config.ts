import type { Node } from "constructs";

/** How a transfer is set up. Everything has a default. */
export interface AudioTransferConfig {
  /**
   * Name of an existing bucket to use instead of a new one. It should be versioned, and have EventBridge and the lifecycle
   * rule that aborts incomplete uploads switched on. Default: a new bucket.
   */
  readonly bucketName?: string;
  /** Complete ARN of an existing secret whose text is the vendor's API key. Default: a new, empty secret. */
  readonly apiKeySecretArn?: string;
  /** Largest output that is copied, in bytes: 1 to 83,886,080,000 (10,000 parts of 8 MiB). Default 16 GiB. */
  readonly maxOutputBytes?: number;
}

/** 10,000 parts (S3's limit) of 8 MiB (ours). */
const largestMaxOutputBytes = 10_000 * 8 * 1_024 ** 2;

/** @throws {Error} naming the property and its bound */
export function checkConfig({ bucketName, apiKeySecretArn, maxOutputBytes }: AudioTransferConfig): void {
  // S3 User Guide, "General purpose bucket naming rules".
  if (bucketName !== undefined && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucketName)) {
    throw new Error(`bucketName: must be 3 to 63 characters of a-z 0-9 . -, got ${JSON.stringify(bucketName)}`);
  }
  if (
    apiKeySecretArn !== undefined &&
    !/^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+-[A-Za-z0-9]{6}$/.test(apiKeySecretArn)
  ) {
    throw new Error(
      `apiKeySecretArn: must be a secret's complete ARN, which ends in - and six characters, got ${JSON.stringify(apiKeySecretArn)}`,
    );
  }
  if (
    maxOutputBytes !== undefined &&
    !(Number.isInteger(maxOutputBytes) && maxOutputBytes >= 1 && maxOutputBytes <= largestMaxOutputBytes)
  ) {
    throw new Error(`maxOutputBytes: must be a whole number from 1 to ${largestMaxOutputBytes}, got ${maxOutputBytes}`);
  }
}

/** Configuration from CDK context (`cdk deploy -c bucketName=…` or cdk.json). @throws {Error} as {@link checkConfig} */
export function configFromContext(node: Node): AudioTransferConfig {
  const text = (key: string): string | undefined => {
    const value: unknown = node.tryGetContext(key);
    return value === undefined ? undefined : String(value);
  };
  const [bucketName, apiKeySecretArn, maxOutputBytes] = [
    text("bucketName"),
    text("apiKeySecretArn"),
    text("maxOutputBytes"),
  ];
  const config = {
    ...(bucketName !== undefined && { bucketName }),
    ...(apiKeySecretArn !== undefined && { apiKeySecretArn }),
    ...(maxOutputBytes !== undefined && { maxOutputBytes: Number(maxOutputBytes) }),
  };
  checkConfig(config);
  return config;
}
