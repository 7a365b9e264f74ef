import { EventBus } from "aws-cdk-lib/aws-events";
import { Key } from "aws-cdk-lib/aws-kms";
import { Bucket, type IBucket } from "aws-cdk-lib/aws-s3";
import { type ISecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { type AudioTransferConfig, checkConfig, textNames } from "./config.ts";
import type { AudioTransferProps, VendorWebhook, Webhook } from "./props.ts";
import { checkRegion } from "./region.ts";

/**
 * Turns a configuration into props: what it names by name or ARN becomes a construct below `scope`.
 * @throws {Error} naming the key and its bound
 */
export function propsFromConfig(scope: Construct, config: AudioTransferConfig): AudioTransferProps {
  checkConfig(config);
  checkRegions(scope, config);
  const { bucketName, bucketKeyArn, encryptionKeyArn, eventBusArn, alarmTopicArn, webhooks, ...rest } = config;
  const { apiKeySecretArn, signingSecretArn, secretsKeyArn, ...others } = rest;
  const { vendorWebhook, vendorWebhookSecretArn, vendorWebhookInput: input, ...settings } = others;
  const secret = secretsBelow(scope, secretsKeyArn);
  const vendor = given<VendorWebhook>({ secret: secret("VendorWebhookSecret", vendorWebhookSecretArn), input });
  const isVendorNamed = vendorWebhook === true || Object.keys(vendor).length > 0;
  return {
    ...settings,
    ...given<AudioTransferProps>({
      bucket: bucketOf(scope, bucketName, bucketKeyArn),
      encryptionKey: made(encryptionKeyArn, (arn) => Key.fromKeyArn(scope, "EncryptionKey", arn)),
      apiKeySecret: secret("ApiKey", apiKeySecretArn),
      signingSecret: secret("SigningSecret", signingSecretArn),
      webhooks: webhooks?.map(({ url, signingSecretArn: own }, index) => ({
        url,
        ...given<Pick<Webhook, "signingSecret">>({ signingSecret: secret(`WebhookSecret${index}`, own) }),
      })),
      eventBus: made(eventBusArn, (arn) => EventBus.fromEventBusArn(scope, "EventBus", arn)),
      alarmTopic: made(alarmTopicArn, (arn) => Topic.fromTopicArn(scope, "AlarmTopic", arn)),
      vendorWebhook: vendorWebhook === false ? false : isVendorNamed ? vendor : undefined,
    }),
  };
}

function bucketOf(scope: Construct, bucketName?: string, keyArn?: string): IBucket | undefined {
  const encryptionKey = made(keyArn, (arn) => Key.fromKeyArn(scope, "BucketKey", arn));
  return made(bucketName, (name) =>
    Bucket.fromBucketAttributes(scope, "Bucket", { bucketName: name, ...(encryptionKey && { encryptionKey }) }),
  );
}

function secretsBelow(scope: Construct, keyArn?: string): (id: string, arn?: string) => ISecret | undefined {
  const encryptionKey = made(keyArn, (arn) => Key.fromKeyArn(scope, "SecretsKey", arn));
  return (id, secretArn) =>
    made(secretArn, (secretCompleteArn) =>
      Secret.fromSecretAttributes(scope, id, { secretCompleteArn, ...(encryptionKey && { encryptionKey }) }),
    );
}

function checkRegions(scope: Construct, { webhooks = [], ...config }: AudioTransferConfig): void {
  for (const name of textNames) if (name.endsWith("Arn")) checkRegion(scope, name, config[name]);
  for (const [position, { signingSecretArn }] of webhooks.entries()) {
    checkRegion(scope, `webhooks[${position}].signingSecretArn`, signingSecretArn);
  }
}

function made<Made>(text: string | undefined, make: (text: string) => Made): Made | undefined {
  return text === undefined ? undefined : make(text);
}

/** Only what has a value: a property that is there and undefined is not the same as one that is not there. */
function given<Props extends object>(values: { readonly [Name in keyof Props]: Props[Name] | undefined }): Props {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Props;
}
