import { type ConfiguredEndpoint, environmentNames } from "./contract.ts";
import { type EndpointPolicy, parsePolicy } from "./domain/endpoint-policy.ts";

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that must be set. @throws {Error} naming it */
export function requireVariable(environment: Environment, name: string): string {
  const value = environment[name];
  if (value) return value;
  throw new Error(`environment variable ${name} is not set`);
}

/** A variable that is a whole number of bytes, at least 1. @throws {Error} naming it when it is anything else */
export function bytesVariable(environment: Environment, name: string, fallback: number): number {
  const value = Number(environment[name] ?? fallback);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new Error(`environment variable ${name} must be a whole number of bytes, at least 1`);
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
