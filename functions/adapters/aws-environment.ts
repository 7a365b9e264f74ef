/** Environment that the AWS SDK reads; given explicitly, so that several hosts can live in one process. */
export interface AwsEnvironment {
  /** Set by Lambda. */
  readonly AWS_REGION?: string | undefined;
  /** Set by Lambda; with the endpoints of the embedded cloud any value will do. */
  readonly AWS_ACCESS_KEY_ID?: string | undefined;
  /** Set by Lambda. */
  readonly AWS_SECRET_ACCESS_KEY?: string | undefined;
  /** Set by Lambda. */
  readonly AWS_SESSION_TOKEN?: string | undefined;
  /** Endpoint of another S3 than the region's own: set by the embedded cloud. An IP address means path-style URLs. */
  readonly AWS_ENDPOINT_URL_S3?: string | undefined;
  /** Endpoint of another Step Functions than the region's own: set by the embedded cloud. */
  readonly AWS_ENDPOINT_URL_SFN?: string | undefined;
  /** Endpoint of another EventBridge than the region's own: set by the embedded cloud. */
  readonly AWS_ENDPOINT_URL_EVENTBRIDGE?: string | undefined;
  /** Endpoint of another Secrets Manager than the region's own: a VPC's, or a test's. Its path is not used. */
  readonly AWS_ENDPOINT_URL_SECRETS_MANAGER?: string | undefined;
}

/** Region, endpoint and credentials of a client, as far as the environment has them; the SDK's own defaults for the rest. */
export function clientPlace(
  environment: AwsEnvironment,
  endpoint: string | undefined,
): {
  region?: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
} {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  const credentials =
    AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY
      ? {
          accessKeyId: AWS_ACCESS_KEY_ID,
          secretAccessKey: AWS_SECRET_ACCESS_KEY,
          ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
        }
      : undefined;
  return {
    ...(AWS_REGION && { region: AWS_REGION }),
    ...(endpoint && { endpoint }),
    ...(credentials && { credentials }),
  };
}

/**
 * Bounds of requests that are answered at once or not at all.
 * @param timeout milliseconds until the service must connect, and then answer. Default 3,000
 */
export function shortRequests(timeout = 3_000) {
  return { connectionTimeout: timeout, requestTimeout: timeout, throwOnRequestTimeout: true };
}
