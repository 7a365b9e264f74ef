import type { Node } from "constructs";
import type { ConfiguredEndpoint } from "../../functions/contract.ts";
import { type AudioTransferConfig, checkConfig, textNames } from "./config.ts";
import { refuse } from "./refusal.ts";
import { numberNames } from "./settings.ts";

/** How a value is read: as it is, or from the text that `-c name=value` gives. */
type Reader = (value: unknown, name: string) => unknown;

const readAll = <Name extends string>(names: readonly Name[], read: Reader) =>
  Object.fromEntries(names.map((name) => [name, read])) as Record<Name, Reader>;

const readers: Readonly<Record<keyof AudioTransferConfig, Reader>> = {
  ...readAll(textNames, String),
  ...readAll(numberNames, asNumber),
  ...readAll(["httpApi", "vendorWebhook"], asFlag),
  ...readAll(["throttling", "vendorWebhookInput"], asObject),
  webhooks: (value, name) => asList(value, name).map(asEndpoint),
  notifyHosts: (value, name) => asList(value, name).map(String),
};

/**
 * Configuration from CDK context (`cdk deploy -c bucketName=…` or cdk.json). Lists are JSON, or texts separated by commas:
 * `-c webhooks=https://one.example,https://two.example -c notifyHosts=example.com`; an empty `notifyHosts` forbids `notify`.
 * Objects are JSON: `-c vendorWebhookInput='{"deleteAfterDownload": true}'`. Names of CDK's own context hold one of the
 * marks `:`, `@`, `-`, `.` and `/`; any other name that is not one of ours is a slip of the pen, which must not go unnoticed.
 * @throws {Error} as {@link checkConfig}, and for a name that is none
 */
export function configFromContext(node: Node): AudioTransferConfig {
  const context: Readonly<Record<string, unknown>> = node.getAllContext();
  const config: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(context)) {
    if (isSetting(name)) config[name] = readers[name](value, name);
    else if (!/[:@./-]/.test(name)) {
      throw new Error(`${name}: is no setting; there are ${Object.keys(readers).sort().join(", ")}`);
    }
  }
  checkConfig(config);
  return config;
}

function isSetting(name: string): name is keyof AudioTransferConfig {
  return Object.hasOwn(readers, name);
}

/** What is no number stays as it is, so that its refusal shows what was written. */
function asNumber(value: unknown): unknown {
  const isText = typeof value === "string" && value.trim() !== "";
  return isText && !Number.isNaN(Number(value)) ? Number(value) : value;
}

function asFlag(value: unknown): unknown {
  return value === "true" ? true : value === "false" ? false : value;
}

function asObject(value: unknown, name: string): unknown {
  if (typeof value !== "string") return value;
  return parseJson(value) ?? refuse(name, "must be a JSON object", value);
}

function asList(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  const text = String(value).trim();
  if (!text.startsWith("[")) return text.split(",").filter(Boolean);
  const list = parseJson(text);
  return Array.isArray(list) ? list : refuse(name, "must be a JSON list or texts separated by commas", text);
}

/** The value of a JSON text; undefined when it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function asEndpoint(listed: unknown): ConfiguredEndpoint {
  return typeof listed === "object" && listed !== null ? (listed as ConfiguredEndpoint) : { url: String(listed) };
}
