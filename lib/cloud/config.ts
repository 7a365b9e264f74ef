import type { ConfiguredEndpoint } from "../../functions/contract.ts";
import { endpointKey, endpointProblem, isEventBus, mostEndpoints } from "../../functions/domain/endpoint.ts";
import { anyHost, hostPattern } from "../../functions/domain/endpoint-policy.ts";

/** How a transfer is set up. Everything has a default. */
export interface AudioTransferConfig {
  /**
   * Name of an existing bucket to use instead of a new one. It should be versioned, and have EventBridge and the lifecycle
   * rule that aborts incomplete uploads switched on. Default: a new bucket.
   */
  readonly bucketName?: string;
  /** Complete ARN of an existing secret whose text is the vendor's API key. Default: a new, empty secret. */
  readonly apiKeySecretArn?: string;
  /** Largest output that is copied, in bytes: 1 to 83,886,080,000 (10,000 parts of 8 MiB). Default 16 GiB. */
  readonly maxOutputBytes?: number;
  /**
   * Endpoints that are told of every transfer, each with a signing secret of its own if it has one: 10 at most, and 2,500
   * bytes as JSON. Default none.
   */
  readonly webhooks?: readonly ConfiguredEndpoint[];
  /**
   * Hosts that an execution's `notify` may name, `*.example.com` for all below one: 1,000 characters in all. An empty list
   * forbids `notify`. Default: any host whose address is public.
   */
  readonly notifyHosts?: readonly string[];
  /** Complete ARN of an existing secret that webhooks are signed with. Default: a new one with a generated value. */
  readonly signingSecretArn?: string;
  /** ARN of the event bus that is told of every transfer. Default: the account's default bus. */
  readonly eventBusArn?: string;
}

/** 10,000 parts (S3's limit) of 8 MiB (ours). */
const largestMaxOutputBytes = 10_000 * 8 * 1_024 ** 2;

/** Bounds of what goes into a function's environment, of which Lambda allows 4 KiB in all (Lambda quotas). */
const longestEndpointList = 2_500;
const longestHostList = 1_000;

const secretArn = /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+-[A-Za-z0-9]{6}$/;

/** @throws {Error} naming the property and its bound */
export function checkConfig(config: AudioTransferConfig): void {
  const refuse = (name: string, bound: string, value: unknown): never => {
    throw new Error(`${name}: ${bound}, got ${JSON.stringify(value)}`);
  };
  const { bucketName, maxOutputBytes } = config;
  // S3 User Guide, "General purpose bucket naming rules".
  if (bucketName !== undefined && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucketName)) {
    refuse("bucketName", "must be 3 to 63 characters of a-z 0-9 . -", bucketName);
  }
  for (const name of ["apiKeySecretArn", "signingSecretArn"] as const) {
    if (!isSecretArn(config[name])) refuse(name, secretBound, config[name]);
  }
  if (config.eventBusArn !== undefined && !isEventBus(config.eventBusArn)) {
    refuse("eventBusArn", "must be the ARN of an event bus", config.eventBusArn);
  }
  const isSize = Number.isInteger(maxOutputBytes) && Number(maxOutputBytes) >= 1;
  if (maxOutputBytes !== undefined && !(isSize && maxOutputBytes <= largestMaxOutputBytes)) {
    refuse("maxOutputBytes", `must be a whole number from 1 to ${largestMaxOutputBytes}`, maxOutputBytes);
  }
  checkEndpoints(config, refuse);
}

const secretBound = "must be a secret's complete ARN, which ends in - and six characters";

function isSecretArn(arn: string | undefined): boolean {
  return arn === undefined || secretArn.test(arn);
}

function checkEndpoints(
  config: AudioTransferConfig,
  refuse: (name: string, bound: string, value: unknown) => never,
): void {
  const { webhooks = [], notifyHosts = [] } = config;
  if (!Array.isArray(webhooks) || !webhooks.every(isObject)) refuse("webhooks", "must be a list of objects", webhooks);
  if (!Array.isArray(notifyHosts)) refuse("notifyHosts", "must be a list", notifyHosts);
  if (webhooks.length > mostEndpoints) refuse("webhooks", `must be at most ${mostEndpoints}`, webhooks.length);
  for (const [position, webhook] of webhooks.entries()) {
    const { url, signingSecretArn, ...unknown } = webhook;
    if (Object.keys(unknown).length > 0) refuse(`webhooks[${position}]`, "has only url and signingSecretArn", webhook);
    const problem = endpointProblem(url) ?? (/^https:/i.test(url) ? undefined : "must be https");
    if (problem) refuse(`webhooks[${position}].url`, problem, url);
    if (!isSecretArn(signingSecretArn)) refuse(`webhooks[${position}].signingSecretArn`, secretBound, signingSecretArn);
  }
  if (new Set(webhooks.map(({ url }) => endpointKey(url))).size < webhooks.length) {
    refuse(
      "webhooks",
      "must not list a URL twice",
      webhooks.map(({ url }) => url),
    );
  }
  const listed = endpointList(config).length;
  if (listed > longestEndpointList) refuse("webhooks", `must be at most ${longestEndpointList} bytes as JSON`, listed);
  for (const [position, host] of notifyHosts.entries()) {
    if (!hostPattern.test(host))
      refuse(`notifyHosts[${position}]`, "must be a host name in lower case, or *. and one", host);
  }
  const hosts = notifyHosts.join(",").length;
  if (hosts > longestHostList) refuse("notifyHosts", `must be at most ${longestHostList} characters in all`, hosts);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

/** The stack's endpoints as the functions' environment has them. */
export function endpointList({ webhooks = [] }: AudioTransferConfig): string {
  return JSON.stringify(
    webhooks.map(({ url, signingSecretArn }) => ({ url, ...(signingSecretArn !== undefined && { signingSecretArn }) })),
  );
}

/** The hosts that `notify` may name, as the functions' environment has them. */
export function hostList({ notifyHosts }: AudioTransferConfig): string {
  return notifyHosts?.join(",") ?? anyHost;
}
