import type { ConfiguredEndpoint } from "../../functions/contract.ts";
import { isEventBus } from "../../functions/domain/endpoint.ts";
import { checkEndpointList, checkWebhooks } from "./endpoints.ts";
import { refuse } from "./refusal.ts";
import { checkSettings, type TransferSettings } from "./settings.ts";
import { checkVendorInput } from "./vendor-webhook-input.ts";

/** How a stack of its own is set up: in texts, as CDK context has them. Everything has a default. */
export interface AudioTransferConfig extends TransferSettings {
  /**
   * Name of an existing bucket to use instead of a new one; see `bucket` of `AudioTransferProps` for what it should have.
   * Default: a new bucket.
   */
  readonly bucketName?: string;
  /** ARN of the KMS key that the bucket of `bucketName` is encrypted with. Default: the bucket has none of a customer's. */
  readonly bucketKeyArn?: string;
  /**
   * ARN of an existing KMS key for the bucket and the secrets that are made here; refused where none is made. Default: none
   * of a customer's.
   */
  readonly encryptionKeyArn?: string;
  /** Complete ARN of an existing secret whose text is the vendor's API key. Default: a new, empty secret. */
  readonly apiKeySecretArn?: string;
  /** Complete ARN of an existing secret that webhooks are signed with. Default: a new one with a generated value. */
  readonly signingSecretArn?: string;
  /** ARN of the KMS key that the secrets named here are encrypted with. Default: none of a customer's. */
  readonly secretsKeyArn?: string;
  /**
   * Endpoints that are told of every transfer, each with a signing secret of its own if it has one: 10 at most, and 2,500
   * bytes as JSON. Default none.
   */
  readonly webhooks?: readonly ConfiguredEndpoint[];
  /** ARN of the event bus that is told of every transfer, in the stack's region. Default: the account's default bus. */
  readonly eventBusArn?: string;
  /** ARN of an existing standard topic for alarms, in the stack's region. Default: a new topic. */
  readonly alarmTopicArn?: string;
  /** Whether the vendor's own webhook may start transfers, by a public route. Default: as `httpApi`. */
  readonly vendorWebhook?: boolean;
  /** Complete ARN of an existing secret that the vendor signs with. Default: a new, empty secret. */
  readonly vendorWebhookSecretArn?: string;
  /** Input of the transfers that the vendor's webhook starts, without `id`: 1,500 bytes as JSON. Default `{}`. */
  readonly vendorWebhookInput?: Readonly<Record<string, unknown>>;
}

/** Texts, and what each must be. */
const textForms = {
  // S3 User Guide, "General purpose bucket naming rules".
  bucketName: [/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be 3 to 63 characters of a-z 0-9 . -"],
  bucketKeyArn: keyForm(),
  encryptionKeyArn: keyForm(),
  apiKeySecretArn: secretForm(),
  signingSecretArn: secretForm(),
  secretsKeyArn: keyForm(),
  vendorWebhookSecretArn: secretForm(),
  // SNS API reference, CreateTopic. Not a FIFO topic, whose name ends in .fifo.
  alarmTopicArn: [/^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/, "must be the ARN of a standard topic"],
} as const satisfies Partial<Record<keyof AudioTransferConfig, Form>>;

type Form = readonly [RegExp, string];

function keyForm(): Form {
  // KMS API reference, CreateKey: a UUID, or the id of a multi-Region key.
  const id = "(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})";
  return [new RegExp(`^arn:aws[\\w-]*:kms:[a-z0-9-]+:\\d{12}:key/${id}$`), "must be the ARN of a key (of no alias)"];
}

function secretForm(): Form {
  return [
    /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+-[A-Za-z0-9]{6}$/,
    "must be a secret's complete ARN, which ends in - and six characters",
  ];
}

/** Names of the texts, for what reads a configuration. */
export const textNames = [...(Object.keys(textForms) as (keyof typeof textForms)[]), "eventBusArn"] as const;

/** @throws {Error} naming the key and its bound */
export function checkConfig(config: AudioTransferConfig): void {
  for (const [name, form] of Object.entries(textForms)) checkText(name, config[name as keyof typeof textForms], form);
  if (config.eventBusArn !== undefined && !isEventBus(config.eventBusArn)) {
    refuse("eventBusArn", "must be the ARN of an event bus", config.eventBusArn);
  }
  checkSettings(config);
  const { webhooks = [], vendorWebhookInput, notifyHosts } = config;
  checkWebhooks(webhooks, ["signingSecretArn"]);
  for (const [position, { signingSecretArn }] of webhooks.entries()) {
    checkText(`webhooks[${position}].signingSecretArn`, signingSecretArn, secretForm());
  }
  checkEndpointList(JSON.stringify(webhooks));
  if (vendorWebhookInput !== undefined)
    checkVendorInput(vendorWebhookInput, { notifyHosts, name: "vendorWebhookInput" });
  checkNeeds(config);
}

function checkText(name: string, value: string | undefined, [form, bound]: Form): void {
  if (value !== undefined && !form.test(value)) refuse(name, bound, value);
}

/** A key that has no effect without another one is a mistake. */
function checkNeeds(config: AudioTransferConfig): void {
  const { httpApi, vendorWebhook, webhooks = [] } = config;
  if (vendorWebhook !== undefined && typeof vendorWebhook !== "boolean") {
    refuse("vendorWebhook", "must be true or false", vendorWebhook);
  }
  if (vendorWebhook === true && httpApi === false) throw new Error("vendorWebhook: needs httpApi, which is false");
  const isOff = vendorWebhook === false || httpApi === false;
  for (const name of ["vendorWebhookSecretArn", "vendorWebhookInput"] as const) {
    if (config[name] !== undefined && isOff) refuse(name, "needs vendorWebhook and httpApi", config[name]);
  }
  const { bucketName, bucketKeyArn, secretsKeyArn, apiKeySecretArn, signingSecretArn, vendorWebhookSecretArn } = config;
  if (bucketKeyArn !== undefined && bucketName === undefined) refuse("bucketKeyArn", "needs bucketName", bucketKeyArn);
  const secrets = [
    apiKeySecretArn,
    signingSecretArn,
    vendorWebhookSecretArn,
    ...webhooks.map((one) => one.signingSecretArn),
  ];
  checkKeyUse(config, isOff);
  if (secretsKeyArn !== undefined && secrets.every((arn) => arn === undefined)) {
    refuse("secretsKeyArn", "needs a secret that is named by its ARN", secretsKeyArn);
  }
}

/** A key that nothing is encrypted with is a mistake: somebody believes in it. */
function checkKeyUse(config: AudioTransferConfig, isVendorOff: boolean): void {
  const { encryptionKeyArn, bucketName, apiKeySecretArn, signingSecretArn, vendorWebhookSecretArn } = config;
  const brought = [bucketName, apiKeySecretArn, signingSecretArn, ...(isVendorOff ? [] : [vendorWebhookSecretArn])];
  if (encryptionKeyArn === undefined || brought.includes(undefined)) return;
  const bound =
    "has no effect: the bucket and the secrets are all brought (their keys are bucketKeyArn, secretsKeyArn)";
  refuse("encryptionKeyArn", bound, encryptionKeyArn);
}
