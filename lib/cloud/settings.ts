import { Token } from "aws-cdk-lib";
import type { ThrottleSettings } from "aws-cdk-lib/aws-apigatewayv2";
import { defaultDeadlineSeconds, longestDeadlineSeconds } from "../../functions/domain/input.ts";
import { longestIntervalSeconds, shortestIntervalSeconds } from "../../functions/domain/poll-schedule.ts";
import { checkHosts } from "./endpoints.ts";
import { isObject, refuse } from "./refusal.ts";

/** What props and configuration have in common: values that are the same in both. Everything has a default. */
export interface TransferSettings {
  /**
   * Hosts that an execution's `notify` may name, `*.example.com` for all below one: 1,000 characters in all. An empty list
   * forbids `notify`. Default: any host whose address is public.
   */
  readonly notifyHosts?: readonly string[];
  /** Largest output that is copied, in bytes: 1 to 83,886,080,000 (10,000 parts of 8 MiB). Default 16 GiB. */
  readonly maxOutputBytes?: number;
  /**
   * Seconds from a transfer's start until a pending project is given up, unless its input says: 1 to 31,449,600 (364 days).
   * Default 86,400 (a day).
   */
  readonly deadlineSeconds?: number;
  /**
   * Shortest interval between two polls of a project, in seconds: 3 to 86,400, and smaller than `deadlineSeconds`. It grows
   * with the project's age. Default 3.
   */
  readonly pollIntervalSeconds?: number;
  /**
   * Most polls at a time: 1 to 10,000. Lambda reserves as much concurrency for `check-status`, out of the account's, of which
   * at least 100 must stay unreserved. What comes beyond waits in the workflow. It bounds how hard a crowd of transfers can
   * knock at the vendor's door before the first 429 slows them down. Default: what the account has.
   */
  readonly maxConcurrentPolls?: number;
  /** Most copies at a time, as `maxConcurrentPolls`, for `download-outputs`: 1 to 10,000. Default: what the account has. */
  readonly maxConcurrentCopies?: number;
  /**
   * Days after the copy at which the cleanup deletes a remote project that nobody asked to delete: 1 to 365. It goes by the
   * configuration of the day: what comes due while this is not set is given up for good. Default never.
   */
  readonly deleteAfterDays?: number;
  /**
   * Days for which the cleanup looks again at a project that was pending at its deadline, or whose transfer failed for a
   * reason that may pass (a refused key or account, the vendor or S3 unavailable): 0 (never) to 90. Default 7.
   */
  readonly recheckDays?: number;
  /** Minutes between two passes of the cleanup: 5 to 1,440 (a day). Default 60. */
  readonly cleanupIntervalMinutes?: number;
  /** Whether there is an HTTP API. Default true. */
  readonly httpApi?: boolean;
  /**
   * Requests that the HTTP API takes, from all callers together: `rateLimit` a second, 1 to 10,000, and `burstLimit` at
   * once, 1 to 5,000 (the default quotas of API Gateway for an account and region). Default 50 and 100: a third of the 150
   * starts a second that Step Functions refills where its quota is lowest, so that the API cannot starve other callers.
   */
  readonly throttling?: ThrottleSettings;
}

/** 10,000 parts (S3's limit) of 8 MiB (ours). */
const largestMaxOutputBytes = 10_000 * 8 * 1_024 ** 2;

/** Settings that are whole numbers, and the least and the largest value of each. */
export const numberBounds = {
  maxOutputBytes: [1, largestMaxOutputBytes],
  deadlineSeconds: [1, longestDeadlineSeconds],
  pollIntervalSeconds: [shortestIntervalSeconds, longestIntervalSeconds],
  maxConcurrentPolls: [1, 10_000],
  maxConcurrentCopies: [1, 10_000],
  // A marker is kept for 400 days: see OutputBucket.
  deleteAfterDays: [1, 365],
  recheckDays: [0, 90],
  cleanupIntervalMinutes: [5, 1_440],
} as const satisfies Partial<Record<keyof TransferSettings, readonly [number, number]>>;

/** Names of the settings that are whole numbers, for what reads a configuration. */
export const numberNames = Object.keys(numberBounds) as (keyof typeof numberBounds)[];

const throttlingBounds = { rateLimit: [1, 10_000], burstLimit: [1, 5_000] } as const;

/**
 * Checks what can be checked before deployment: a token, whose value only CloudFormation knows, is passed over.
 * @throws {Error} naming the key and its bound
 */
export function checkSettings(settings: TransferSettings): void {
  checkNumbers("", numberBounds, settings);
  const { httpApi, throttling, notifyHosts } = settings;
  if (httpApi !== undefined && typeof httpApi !== "boolean") refuse("httpApi", "must be true or false", httpApi);
  if (throttling !== undefined) {
    if (!isObject(throttling)) refuse("throttling", "must be an object", throttling);
    const unknown = Object.keys(throttling).filter((name) => !(name in throttlingBounds));
    if (unknown.length > 0) refuse("throttling", "has only rateLimit and burstLimit", unknown);
    if (httpApi === false) refuse("throttling", "needs httpApi", throttling);
    checkNumbers("throttling.", throttlingBounds, throttling);
  }
  checkPair(settings);
  if (notifyHosts !== undefined) checkHosts(notifyHosts);
}

function checkNumbers(
  prefix: string,
  bounds: Readonly<Record<string, readonly [number, number]>>,
  values: object,
): void {
  for (const [name, [least, largest]] of Object.entries(bounds)) {
    const value: unknown = (values as Readonly<Record<string, unknown>>)[name];
    if (value === undefined || Token.isUnresolved(value)) continue;
    if (!(isWhole(value) && value >= least && value <= largest)) {
      refuse(prefix + name, `must be a whole number from ${least} to ${largest}`, value);
    }
  }
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}

/** A deadline that passes before the second poll is no deadline. */
function checkPair({
  pollIntervalSeconds: interval = shortestIntervalSeconds,
  deadlineSeconds: deadline = defaultDeadlineSeconds,
}: TransferSettings): void {
  if (Token.isUnresolved(interval) || Token.isUnresolved(deadline) || interval < deadline) return;
  throw new Error(
    `pollIntervalSeconds: must be smaller than deadlineSeconds, got an interval of ${interval} s and a deadline of ${deadline} s`,
  );
}
