import { createHash } from "node:crypto";
import { InvalidInput } from "./errors.ts";

/** Most endpoints that one transfer may name, and most that a stack may have. */
export const mostEndpoints = 10;

/** Longest endpoint, in characters: ten of them stand twice in the workflow's state, which ends at 262,144 bytes. */
export const longestEndpoint = 1_024;

/** Stands for every host, in a policy. */
export const anyHost = "any";

/** Which endpoints a transfer may name. */
export interface EndpointPolicy {
  /** Host names, or `*.example.com` for all below it; {@link anyHost} for every host. An empty list forbids endpoints. */
  readonly hosts: readonly string[] | typeof anyHost;
  /** Origins (`http://127.0.0.1:4011`) free of every rule: only the embedded cloud has any. */
  readonly exceptions: ReadonlySet<string>;
}

/** A host name or `*.` and a host name, as a policy may list it. */
export const hostPattern = /^(?:\*\.)?(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/;

/** Reads a policy from the text of its environment variable: `any`, or hosts separated by commas. */
export function parsePolicy(hosts: string | undefined, exceptions: string | undefined): EndpointPolicy {
  const listed = (text: string | undefined) => (text ?? "").split(",").filter(Boolean);
  return {
    hosts: hosts === anyHost ? anyHost : listed(hosts),
    exceptions: new Set(listed(exceptions).map((text) => new URL(text).origin)),
  };
}

/**
 * What is wrong with the form of an endpoint, as the end of a sentence; undefined when nothing is. Whether its address is
 * public is not looked at here: the guarded adapter does, at the time of the request.
 */
export function endpointProblem(text: unknown): string | undefined {
  if (typeof text !== "string") return "must be a text";
  if (text.length > longestEndpoint) return `must be at most ${longestEndpoint} characters`;
  // A parser would drop or move these without a word.
  if (!/^https?:\/\/(?!\/)[\x21-\x7e]+$/i.test(text) || text.includes("\\")) {
    return "must be a URL that begins with https:// and has no blank and no character outside ASCII";
  }
  if (!URL.canParse(text)) return "must be a URL";
  // Also what is empty (https://@host/), which a parser forgets.
  if (/^https?:\/\/[^/?#]*@/i.test(text)) return "must not carry user information";
  if (text.includes("#")) return "must not have a fragment";
  return undefined;
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

/** @throws {InvalidInput} naming each endpoint of `notify` that the policy refuses, and why */
export function requireAllowed(notify: readonly string[], policy: EndpointPolicy): void {
  const problems = notify.flatMap((endpoint, position) => {
    const problem = policyProblem(endpoint, policy);
    return problem ? [`notify[${position}]: ${problem}`] : [];
  });
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

/**
 * One text for all spellings of an endpoint (`HTTPS://Example.com:443/a`), by which endpoints are told apart. What is no URL
 * is its own: its delivery fails by name, and the others go on.
 */
export function endpointKey(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).href : endpoint;
}

/**
 * Name of the delivery of a message to an endpoint, as an execution's name: the same for both is the same name, so that a
 * second start does nothing. 4 + 40 + 1 + 20 = 65 of the 80 characters that Step Functions allows.
 */
export function deliveryNameOf(messageId: string, endpoint: string): string {
  return `${messageId}-${createHash("sha256").update(endpointKey(endpoint)).digest("hex").slice(0, 20)}`;
}
