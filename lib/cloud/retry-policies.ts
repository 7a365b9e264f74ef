import { Duration } from "aws-cdk-lib";
import { JitterType, type RetryProps } from "aws-cdk-lib/aws-stepfunctions";
import { passingErrorNames } from "../../functions/domain/errors.ts";

/**
 * Lambda itself could not run the function. The CDK's default leaves out TooManyRequests (throttled) and Unknown (a
 * sandbox that died without a word), and has no jitter (Step Functions Developer Guide, "Handle transient Lambda service
 * exceptions").
 */
export const lambdaServiceErrors = [
  "Lambda.ClientExecutionTimeoutException",
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.TooManyRequestsException",
  "Lambda.Unknown",
];

/** The function was killed: out of time (either name), out of memory or crashed. */
export const killedErrors = ["States.Timeout", "Sandbox.Timedout", "Runtime.ExitError"];

/**
 * For Lambda's own failures: waits of up to 2, 4, 8, 16, 32, 60, 60, 60 s under full jitter, so at most 4 minutes and 2 on
 * average, which outlasts a burst of throttling.
 */
export const whenLambdaFails: RetryProps = {
  errors: lambdaServiceErrors,
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 8,
  maxDelay: Duration.seconds(60),
  jitterStrategy: JitterType.FULL,
};

/**
 * For the vendor, S3 or a broken copy: waits of up to 5, 10, 20, 40, 80, 120, 120, 120 s under full jitter, so at most
 * 8.6 minutes and 4.3 on average. What is verified in S3 is not copied again.
 */
export const whenPassing: RetryProps = {
  errors: [...passingErrorNames],
  interval: Duration.seconds(5),
  backoffRate: 2,
  maxAttempts: 8,
  maxDelay: Duration.seconds(120),
  jitterStrategy: JitterType.FULL,
};

/** For a killed function: twice more, after up to 10 and 20 s. One that needs too much memory or time will again. */
export const whenKilled: RetryProps = {
  errors: killedErrors,
  interval: Duration.seconds(10),
  backoffRate: 2,
  maxAttempts: 2,
  maxDelay: Duration.seconds(60),
  jitterStrategy: JitterType.FULL,
};
