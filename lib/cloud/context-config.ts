import type { Node } from "constructs";
import type { ConfiguredEndpoint } from "../../functions/contract.ts";
import { type AudioTransferConfig, checkConfig } from "./config.ts";

/** Properties that are texts in CDK context too. */
const textNames = ["bucketName", "apiKeySecretArn", "signingSecretArn", "eventBusArn"] as const;

/**
 * Configuration from CDK context (`cdk deploy -c bucketName=…` or cdk.json). Lists are JSON, or texts separated by commas:
 * `-c webhooks=https://one.example,https://two.example -c notifyHosts=example.com`; an empty `notifyHosts` forbids `notify`.
 * @throws {Error} as {@link checkConfig}
 */
export function configFromContext(node: Node): AudioTransferConfig {
  const found = (name: keyof AudioTransferConfig): unknown => node.tryGetContext(name);
  const maxOutputBytes = found("maxOutputBytes");
  const [webhooks, notifyHosts] = [listOf("webhooks", found("webhooks")), listOf("notifyHosts", found("notifyHosts"))];
  const config: AudioTransferConfig = {
    ...Object.fromEntries(
      textNames.filter((name) => found(name) !== undefined).map((name) => [name, String(found(name))]),
    ),
    ...(maxOutputBytes !== undefined && { maxOutputBytes: Number(maxOutputBytes) }),
    ...(webhooks && { webhooks: webhooks.map(endpointOf) }),
    ...(notifyHosts && { notifyHosts: notifyHosts.map(String) }),
  };
  checkConfig(config);
  return config;
}

function listOf(name: string, value: unknown): unknown[] | undefined {
  if (value === undefined || Array.isArray(value)) return value;
  const text = String(value).trim();
  if (!text.startsWith("[")) return text.split(",").filter(Boolean);
  try {
    return JSON.parse(text) as unknown[];
  } catch {
    throw new Error(`${name}: must be a JSON list or texts separated by commas, got ${JSON.stringify(text)}`);
  }
}

function endpointOf(listed: unknown): ConfiguredEndpoint {
  return typeof listed === "object" && listed !== null ? (listed as ConfiguredEndpoint) : { url: String(listed) };
}
