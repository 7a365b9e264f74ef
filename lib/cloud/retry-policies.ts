import { Duration } from "aws-cdk-lib";
import { JitterType, type RetryProps } from "aws-cdk-lib/aws-stepfunctions";
import {
  interruptedRetries,
  type RetryBounds,
  retryGrowth,
  unavailableRetries,
} from "../../functions/domain/copy-retries.ts";
import type { PassingErrorName } from "../../functions/domain/errors.ts";

const lambdaFailures = [
  "Lambda.ClientExecutionTimeoutException",
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
];

const lambdaThrottling = "Lambda.TooManyRequestsException";

/**
 * Lambda itself could not run the function. The CDK's default leaves out TooManyRequests (throttled) and has no jitter
 * (Step Functions Developer Guide, "Handle transient Lambda service exceptions").
 */
export const lambdaServiceErrors = [...lambdaFailures, lambdaThrottling];

/**
 * The function was killed: out of time, out of memory or crashed. Which of these names Lambda reports was not verified
 * against live AWS; `Lambda.Unknown` is what the Developer Guide gives for unhandled ends ("Error names").
 */
export const killedErrors = ["States.Timeout", "Sandbox.Timedout", "Runtime.ExitError", "Lambda.Unknown"];

/**
 * For a function whose concurrency is all in use, its own (`maxConcurrentPolls`, `maxConcurrentCopies`) or the account's:
 * waits of up to 2, 4, … 64 s (126 s in all), then 714 times up to 120 s. At most 24 hours, half of that on average under full
 * jitter: hours of copies may stand before a transfer, each of which may take 15 minutes, and two minutes after the crowd has
 * gone nobody waits any more. It costs a transfer at most 3 × 720 events of the 25,000 that its history holds.
 */
export const whenThrottled: RetryProps = {
  errors: [lambdaThrottling],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 720,
  maxDelay: Duration.minutes(2),
  jitterStrategy: JitterType.FULL,
};

/**
 * For Lambda's own failures: waits of up to 2, 4, … 256 s (510 s in all), then 22 times up to 300 s. At most 119 minutes, half
 * of that on average under full jitter.
 */
export const whenLambdaFails: RetryProps = {
  errors: lambdaFailures,
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 30,
  maxDelay: Duration.minutes(5),
  jitterStrategy: JitterType.FULL,
};

/** The bounds, which clients in process keep to as well, in the words of the CDK. */
function asRetry({ first, longest, attempts }: RetryBounds): RetryProps {
  return {
    interval: Duration.seconds(first),
    backoffRate: retryGrowth,
    maxAttempts: attempts,
    maxDelay: Duration.seconds(longest),
  };
}

/**
 * For the vendor, S3 or Step Functions: waits of up to 5, 10, … 320 s (635 s in all), then 13 times up to 600 s. At most 140 minutes, half
 * of that on average under full jitter: an outage that the polls would have waited out should not fail a copy.
 */
export const whenUnavailable: RetryProps = {
  errors: ["VendorUnavailable", "StoreUnavailable", "WorkflowsUnavailable"] satisfies PassingErrorName[],
  ...asRetry(unavailableRetries),
  jitterStrategy: JitterType.FULL,
};

/**
 * For a broken or odd source, and not for `CopyTooSlow`, which would be as slow again: the cleanup tries that another day.
 * Waits of up to 5, 10, 20, 40, 80, 120, 120, 120 s, so at most 8.6 minutes and 4.3 on
 * average. What is verified in S3 is not copied again.
 */
export const whenInterrupted: RetryProps = {
  errors: ["CopyInterrupted"] satisfies PassingErrorName[],
  ...asRetry(interruptedRetries),
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
