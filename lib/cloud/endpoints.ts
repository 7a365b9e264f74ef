import { Token } from "aws-cdk-lib";
import { endpointKey, endpointProblem, mostEndpoints } from "../../functions/domain/endpoint.ts";
import { anyHost, hostPattern } from "../../functions/domain/endpoint-policy.ts";
import { isObject, refuse } from "./refusal.ts";

/** Bounds of what goes into a function's environment, of which Lambda allows 4 KiB in all (Lambda quotas). */
const longestEndpointList = 2_500;
const longestHostList = 1_000;

/**
 * Checks the stack's endpoints. A URL that is a token, whose value only CloudFormation knows, is passed over.
 * @param allowed the fields that one of them may have
 * @throws {Error} naming the endpoint and its bound
 */
export function checkWebhooks(webhooks: readonly { readonly url: string }[], allowed: readonly string[]): void {
  if (!Array.isArray(webhooks) || !webhooks.every((one): boolean => isObject(one)))
    refuse("webhooks", "must be a list of objects", webhooks);
  if (webhooks.length > mostEndpoints) refuse("webhooks", `must be at most ${mostEndpoints}`, webhooks.length);
  for (const [position, { url, ...others }] of webhooks.entries()) {
    const unknown = Object.keys(others).filter((name) => !allowed.includes(name));
    if (unknown.length > 0) refuse(`webhooks[${position}]`, `has only url and ${allowed.join(" and ")}`, unknown);
    if (Token.isUnresolved(url)) continue;
    const problem = endpointProblem(url) ?? (/^https:/i.test(url) ? undefined : "must be https");
    if (problem) refuse(`webhooks[${position}].url`, problem, url);
  }
  const urls = webhooks.map(({ url }) => url);
  if (new Set(urls.map(endpointKey)).size < urls.length) refuse("webhooks", "must not list a URL twice", urls);
}

/** @param list the endpoints as JSON; a token counts as its placeholder. @throws {Error} with the bound */
export function checkEndpointList(list: string): void {
  const bytes = Buffer.byteLength(list);
  if (bytes > longestEndpointList) refuse("webhooks", `must be at most ${longestEndpointList} bytes as JSON`, bytes);
}

/** Checks what `notify` may name. @throws {Error} naming the host and its bound */
export function checkHosts(notifyHosts: readonly string[]): void {
  if (!Array.isArray(notifyHosts)) refuse("notifyHosts", "must be a list", notifyHosts);
  for (const [position, host] of notifyHosts.entries()) {
    if (Token.isUnresolved(host) || hostPattern.test(host)) continue;
    refuse(`notifyHosts[${position}]`, "must be a host name in lower case, or *. and one", host);
  }
  const { length } = notifyHosts.join(",");
  if (length > longestHostList) refuse("notifyHosts", `must be at most ${longestHostList} characters in all`, length);
}

/** The hosts that `notify` may name, as the functions' environment has them. */
export function hostList({ notifyHosts }: { readonly notifyHosts?: readonly string[] }): string {
  return notifyHosts?.join(",") ?? anyHost;
}
