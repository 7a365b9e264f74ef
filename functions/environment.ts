import { type ConfiguredEndpoint, defaultRecheckDays, environmentNames } from "./contract.ts";
import { type EndpointPolicy, parsePolicy } from "./domain/endpoint-policy.ts";
import { defaultDeadlineSeconds } from "./domain/input.ts";
import type { CleanupPolicy } from "./domain/left-marker.ts";
import { shortestIntervalSeconds } from "./domain/poll-schedule.ts";

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that must be set. @throws {Error} naming it */
export function requireVariable(environment: Environment, name: string): string {
  const value = environment[name];
  if (value) return value;
  throw new Error(`environment variable ${name} is not set`);
}

/** A variable that is a whole number. @throws {Error} naming it and the least value when it is anything else */
export function wholeNumberVariable<Fallback extends number | undefined>(
  environment: Environment,
  name: string,
  { least, fallback }: { readonly least: number; readonly fallback: Fallback },
): number | Fallback {
  const text = environment[name];
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text !== "" && Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`environment variable ${name} must be a whole number, at least ${least}`);
}

/** What the stack's configuration says of polls, in seconds; lib/cloud has checked that one fits the other. */
export function pollDefaults(environment: Environment): { deadlineSeconds: number; shortestInterval: number } {
  const seconds = (name: string, fallback: number) => wholeNumberVariable(environment, name, { least: 1, fallback });
  return {
    deadlineSeconds: seconds(environmentNames.deadlineSeconds, defaultDeadlineSeconds),
    shortestInterval: seconds(environmentNames.pollIntervalSeconds, shortestIntervalSeconds),
  };
}

/** What the stack's configuration leaves to the cleanup. */
export function cleanupPolicy(environment: Environment): CleanupPolicy {
  const days = <Fallback extends number | undefined>(name: string, bound: { least: number; fallback: Fallback }) =>
    wholeNumberVariable(environment, name, bound);
  return {
    recheckDays: days(environmentNames.recheckDays, { least: 0, fallback: defaultRecheckDays }),
    deleteAfterDays: days(environmentNames.deleteAfterDays, { least: 1, fallback: undefined }),
  };
}

/** The stack's own endpoints. @throws {Error} naming the variable when it is no list; lib/cloud has checked the rest */
export function configuredEndpoints(environment: Environment): ConfiguredEndpoint[] {
  const listed: unknown = JSON.parse(environment[environmentNames.endpoints] || "[]");
  if (Array.isArray(listed)) return listed;
  throw new Error(`environment variable ${environmentNames.endpoints} must be a JSON list`);
}

/** Which endpoints a transfer may name. */
export function endpointPolicy(environment: Environment): EndpointPolicy {
  return parsePolicy(environment[environmentNames.notifyHosts], environment[environmentNames.guardExceptions]);
}
