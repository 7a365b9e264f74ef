import { S3Client } from "@aws-sdk/client-s3";
import { type AwsEnvironment, clientPlace } from "./aws-environment.ts";

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
  return new S3Client({
    ...clientPlace(environment, environment.AWS_ENDPOINT_URL_S3),
    retryMode: "adaptive",
    maxAttempts: 5,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // Asking before each body of 2 MiB and more would open a connection for it and close it again (@smithy/node-http-handler):
    // a handshake a part. A body that is refused is sent for nothing instead; that is seldom.
    expectContinueHeader: false,
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
