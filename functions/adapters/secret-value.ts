/** Milliseconds a secret is kept in memory: a rotation takes effect within five minutes. */
export const keptMilliseconds = 300_000;

/**
 * Milliseconds until Secrets Manager must connect, and then answer; asked at most twice. A poll may read the key twice and
 * call the vendor for twice 15 s: 2 × 2 × 3 + 30 = 42 s, within the 45 s that its function has. An attempt of a delivery
 * reads two versions and calls for 15 s: 27 s, within its 45 s.
 */
const requestTimeout = 3_000;
const mostAttempts = 2;

/** What to read, and how long to wait for it. */
export interface SecretValueRequest {
  /** Staging label of the version. Default AWSCURRENT. */
  readonly stage?: "AWSCURRENT" | "AWSPREVIOUS";
  /** Milliseconds until Secrets Manager must answer, each of the two times it is asked. Default 3,000. */
  readonly timeout?: number | undefined;
}

/**
 * Reads one version of a secret; undefined when it has no such version or no text. A secret that was created without a
 * value answers as if it did not exist (Secrets Manager API reference). The client is loaded here, because most of its
 * cost is loading it.
 * @throws the SDK's error, which holds no value
 */
export async function readSecretValue(
  arn: string,
  { stage, timeout = requestTimeout }: SecretValueRequest = {},
): Promise<string | undefined> {
  const { SecretsManagerClient, GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
  const client = new SecretsManagerClient({
    maxAttempts: mostAttempts,
    requestHandler: { connectionTimeout: timeout, requestTimeout: timeout, throwOnRequestTimeout: true },
  });
  try {
    const command = new GetSecretValueCommand({ SecretId: arn, ...(stage && { VersionStage: stage }) });
    return (await client.send(command)).SecretString;
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}
