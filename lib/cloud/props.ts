import type { IEventBus } from "aws-cdk-lib/aws-events";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { checkWebhooks } from "./endpoints.ts";
import { isObject, refuse } from "./refusal.ts";
import { checkSettings, type TransferSettings } from "./settings.ts";
import { checkVendorInput } from "./vendor-webhook-input.ts";

/** An endpoint that is told of every transfer. */
export interface Webhook {
  /** The receiver's URL: https, at most 1,024 characters. */
  readonly url: string;
  /** The signing secret for this endpoint alone. Default: the stack's. */
  readonly signingSecret?: ISecret;
}

/** How transfers are started by the vendor's own webhook. */
export interface VendorWebhook {
  /** What the vendor signs with. Default: a new, empty secret, to be filled with what the vendor shows. */
  readonly secret?: ISecret;
  /**
   * Input of the transfers that it starts, without `id`, such as `{ deleteAfterDownload: true }`: 1,500 bytes as JSON.
   * Default `{}`.
   */
  readonly input?: Readonly<Record<string, unknown>>;
}

/** How a transfer is set up. Everything has a default. */
export interface AudioTransferProps extends TransferSettings {
  /**
   * Where outputs go. One of your own should be versioned, send its events to EventBridge, and have two lifecycle rules:
   * one that aborts incomplete uploads, one that expires what is below `_cleanup/` after 400 days. No rule may archive what
   * is below `_cleanup/` (a transition to an S3 Glacier class): an archived marker cannot be read, so it is counted as
   * unreadable and passed over. It must be in the stack's region. Where it has an `encryptionKey`, the functions that need
   * that key may use it.
   *
   * A bucket belongs to one `AudioTransfer` alone, whichever app, account or stack has the other: two would take up each
   * other's markers. Within one app that is refused. Default: a new bucket.
   */
  readonly bucket?: IBucket;
  /**
   * Key for the bucket and the secrets that are made here; refused where none is made. Its policy must leave decisions to
   * IAM policies, as that of every key made by CDK or in the console does. Default: S3's and Secrets Manager's own keys.
   */
  readonly encryptionKey?: IKey;
  /** The vendor's API key, as plain text. Default: a new, empty secret. */
  readonly apiKeySecret?: ISecret;
  /** What webhooks are signed with. Default: a new secret with a generated value. */
  readonly signingSecret?: ISecret;
  /** Endpoints that are told of every transfer: 10 at most, and 2,500 bytes as JSON. Default none. */
  readonly webhooks?: readonly Webhook[];
  /** The event bus that is told of every transfer, in the stack's region. Default: the account's default bus. */
  readonly eventBus?: IEventBus;
  /**
   * Where alarms go: a standard topic (no FIFO topic) that CloudWatch may publish to, in the stack's region. Default: a new
   * topic.
   */
  readonly alarmTopic?: ITopic;
  /**
   * The public route by which the vendor's own webhook starts transfers; it needs `httpApi`. `false`: there is none.
   * Default: there is one where there is an HTTP API.
   */
  readonly vendorWebhook?: false | VendorWebhook;
}

/** @throws {Error} naming the key and its bound */
export function checkProps(props: AudioTransferProps): void {
  checkSettings(props);
  if (props.webhooks !== undefined) checkWebhooks(props.webhooks, ["signingSecret"]);
  checkVendorWebhook(props);
  checkKeyUse(props);
  // The text form of it refuses the same; its ARN cannot be shown here, which may be a token.
  if (props.alarmTopic?.fifo) throw new Error("alarmTopic: must be a standard topic, got a FIFO topic");
}

/** A key that nothing is encrypted with is a mistake: somebody believes in it. */
function checkKeyUse({
  encryptionKey,
  bucket,
  apiKeySecret,
  signingSecret,
  vendorWebhook,
  httpApi,
}: AudioTransferProps) {
  const isVendorSecretMade = httpApi !== false && vendorWebhook !== false && !vendorWebhook?.secret;
  if (!encryptionKey || !bucket || !apiKeySecret || !signingSecret || isVendorSecretMade) return;
  throw new Error(
    "encryptionKey: has no effect: the bucket and the secrets are all brought, and what is brought has a key of its own",
  );
}

function checkVendorWebhook({ vendorWebhook, httpApi, notifyHosts }: AudioTransferProps): void {
  if (vendorWebhook === undefined || vendorWebhook === false) return;
  if (!isObject(vendorWebhook)) refuse("vendorWebhook", "must be false or an object", vendorWebhook);
  const { secret, input, ...others } = vendorWebhook;
  // Names only: a secret is a construct, which is no JSON.
  const names = Object.keys(others);
  if (names.length > 0) refuse("vendorWebhook", "has only secret and input", names);
  if (httpApi === false) throw new Error("vendorWebhook: needs httpApi, which is false");
  if (input !== undefined) checkVendorInput(input, { notifyHosts, name: "vendorWebhook.input" });
}
