import { endpointKey, endpointProblem, mostEndpoints } from "./endpoint.ts";
import { InvalidInput } from "./errors.ts";

/** Stands for every host, in a policy: no host can be called so. */
export const anyHost = "*";

/** Which endpoints a transfer may name. */
export interface EndpointPolicy {
  /** Host names, or `*.example.com` for all below it; {@link anyHost} for every host. An empty list forbids endpoints. */
  readonly hosts: readonly string[] | typeof anyHost;
  /** Origins (`http://127.0.0.1:4011`) free of every rule: only the embedded cloud has any. */
  readonly exceptions: ReadonlySet<string>;
}

/** A host name or `*.` and a host name, as a policy may list it. */
export const hostPattern = /^(?:\*\.)?(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/;

/** Reads a policy from the text of its environment variable: `*`, or hosts separated by commas. */
export function parsePolicy(hosts: string | undefined, exceptions: string | undefined): EndpointPolicy {
  const listed = (text: string | undefined) => (text ?? "").split(",").filter(Boolean);
  return {
    hosts: hosts === anyHost ? anyHost : listed(hosts),
    exceptions: new Set(listed(exceptions).map((text) => new URL(text).origin)),
  };
}

/** Why a policy refuses an endpoint of good form, as the end of a sentence; undefined when it does not. */
export function policyProblem(endpoint: string, { hosts, exceptions }: EndpointPolicy): string | undefined {
  const { origin, protocol, hostname } = new URL(endpoint);
  if (exceptions.has(origin)) return undefined;
  if (protocol !== "https:") return "must be https";
  if (hosts === anyHost || hosts.some((host) => isWithin(hostname, host))) return undefined;
  if (hosts.length === 0) return "is refused: this stack allows no endpoints but its own";
  return `is refused: this stack allows only the hosts ${hosts.join(", ").slice(0, 1_000)}`;
}

function isWithin(hostname: string, host: string): boolean {
  return host.startsWith("*.") ? hostname.endsWith(host.slice(1)) : hostname === host;
}

/** What the policy refuses of endpoints of good form, each with its position and why. */
export function notAllowed(notify: readonly string[], policy: EndpointPolicy): string[] {
  return notify.flatMap((endpoint, position) => {
    const problem = policyProblem(endpoint, policy);
    return problem ? [`notify[${position}]: ${problem}`] : [];
  });
}

/** @throws {InvalidInput} naming each endpoint of `notify` that the policy refuses, and why */
export function requireAllowed(notify: readonly string[], policy: EndpointPolicy): void {
  const problems = notAllowed(notify, policy);
  if (problems.length > 0) throw new InvalidInput(problems.join("; "));
}

/**
 * Whom to tell of a transfer: the stack's own endpoints, and those that the input names and the policy allows. Of an input
 * that is invalid, the endpoints that are valid are still told why.
 */
export function endpointsToTell(input: unknown, policy: EndpointPolicy, own: readonly string[]): string[] {
  const named = typeof input === "object" && input !== null && "notify" in input ? input.notify : [];
  const allowed = (Array.isArray(named) ? named : [])
    .slice(0, mostEndpoints)
    .filter((text): text is string => endpointProblem(text) === undefined)
    .filter((text) => policyProblem(text, policy) === undefined);
  const all = [...own, ...allowed];
  const keys = all.map(endpointKey);
  return all.filter((_, position) => keys.indexOf(keys[position] ?? "") === position);
}
