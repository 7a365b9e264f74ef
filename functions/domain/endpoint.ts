import { createHash } from "node:crypto";

/** Most endpoints that one transfer may name, and most that a stack may have. */
export const mostEndpoints = 10;

/** Longest endpoint, in characters: ten of them stand twice in the workflow's state, which ends at 262,144 bytes. */
export const longestEndpoint = 1_024;

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

/** The ARN of an event bus (EventBridge API reference, PutEventsRequestEntry). */
const busArn = /^arn:aws[\w-]*:events:[a-z0-9-]+:\d{12}:event-bus\/[\w.-]{1,256}$/;

/** Whether an endpoint is an event bus. */
export function isEventBus(endpoint: string): boolean {
  return busArn.test(endpoint);
}

/** An endpoint for logs and causes: without path and query, which may be a receiver's secret. */
export function placeOf(endpoint: string): string {
  return isEventBus(endpoint) ? endpoint : new URL(endpoint).origin;
}

/** Shortest part of a path or a query that may be a secret, in characters: `/hook` is none, and may be in any text. */
const shortestSecretPart = 8;

/**
 * A text that a receiver answered, without the parts of its own endpoint's path and query, which error pages like to
 * repeat: whole, each by itself, as written and decoded.
 */
export function withoutPath(text: string, endpoint: string): string {
  const { pathname, search, searchParams } = new URL(endpoint);
  const written = [pathname + search, search, pathname, ...pathname.split("/"), ...search.split(/[?&=]/)];
  return [...written, ...written.map(decoded), ...searchParams.values()]
    .filter((part) => part.length >= shortestSecretPart)
    .sort((one, other) => other.length - one.length)
    .reduce((rest, part) => rest.replaceAll(part, "[endpoint]"), text);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
