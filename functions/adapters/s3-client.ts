import { S3Client } from "@aws-sdk/client-s3";

/** Environment that the AWS SDK reads; given explicitly, so that several hosts can live in one process. */
export interface AwsEnvironment {
  /** Endpoint of another S3 than the region's own: set by the embedded cloud. An IP address means path-style URLs. */
  readonly AWS_ENDPOINT_URL_S3?: string | undefined;
  /** Set by Lambda. */
  readonly AWS_REGION?: string | undefined;
  /** Set by Lambda; with the endpoint of the embedded cloud any value will do. */
  readonly AWS_ACCESS_KEY_ID?: string | undefined;
  /** Set by Lambda. */
  readonly AWS_SECRET_ACCESS_KEY?: string | undefined;
  /** Set by Lambda. */
  readonly AWS_SESSION_TOKEN?: string | undefined;
}

/** Bounds of an S3 client, in milliseconds. */
export interface S3ClientBounds {
  /** How long an exchange may go without a byte in either direction, in a body too. Default 60,000. */
  readonly idleTimeout?: number;
}

/**
 * An S3 client. Repeats in here and nowhere else: adaptive mode slows down under 503 SlowDown. Checksums are ours, so the
 * SDK adds and checks none of its own.
 */
export function createS3Client(environment: AwsEnvironment, { idleTimeout = 60_000 }: S3ClientBounds = {}): S3Client {
  const { AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  const credentials =
    AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY
      ? {
          accessKeyId: AWS_ACCESS_KEY_ID,
          secretAccessKey: AWS_SECRET_ACCESS_KEY,
          ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
        }
      : undefined;
  return new S3Client({
    ...(AWS_REGION && { region: AWS_REGION }),
    ...(AWS_ENDPOINT_URL_S3 && { endpoint: AWS_ENDPOINT_URL_S3 }),
    ...(credentials && { credentials }),
    retryMode: "adaptive",
    maxAttempts: 5,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      // Milliseconds. A part of 8 MiB at 1 MiB/s takes 8 s; an answer that takes a minute will not come.
      connectionTimeout: 5_000,
      requestTimeout: 60_000,
      throwOnRequestTimeout: true,
      // The request's time-out ends with the headers: without this one a body that stalls would be waited for until the
      // function is killed.
      socketTimeout: idleTimeout,
    },
  });
}
