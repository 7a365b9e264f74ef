import { type EmbeddedCloud, localBucket } from "../../../lib/local/embedded-cloud.ts";
import { localDeliveryStateMachineArn, localStateMachineArn } from "../../../lib/local/local-machines.ts";
import type { MagicHourSimulator } from "../../../lib/local/simulator/magic-hour-simulator.ts";
import type { WebhookReceiver } from "../../../lib/local/webhook-receiver.ts";
import { createAndGet } from "../simulate.ts";

/** What `audio-transfer local` keeps up. */
export interface RunningLocal {
  /** Magic Hour. */
  readonly simulator: MagicHourSimulator;
  /** Whom transfers tell of their ends. */
  readonly receiver: WebhookReceiver;
  /** Everything else. */
  readonly cloud: EmbeddedCloud;
}

/** What is said besides, where it was asked for. */
export interface BannerOptions {
  /** The module that is called with every manifest. */
  readonly onManifest?: string;
  /** Whether the simulator sends the vendor's webhooks. */
  readonly push?: boolean;
}

/** Where everything is, and commands to be pasted into a shell. */
export function banner({ simulator, receiver, cloud }: RunningLocal, { onManifest, push }: BannerOptions): string {
  const { stepFunctions, store, httpApi } = cloud;
  const called = onManifest === undefined ? "" : `\n  Manifests       ${onManifest} is called with the event of each`;
  const pushed = push ? "   (sends its webhooks: every project is transferred as soon as it is ready)" : "";
  return `The embedded cloud is up, Ctrl-C stops it.
  Step Functions  ${stepFunctions.url}
  HTTP API        ${httpApi.url}
  S3              ${store.url}   (files below ${store.directory}/${localBucket})
  Magic Hour      ${simulator.url}${pushed}
  Webhooks        ${receiver.url}   (is told of every transfer, verifies, and shows here what came)${called}

Create a project:
${createAndGet(simulator)}
Transfer it by the HTTP API (GET /transfers/<name> follows it):
curl -s ${httpApi.url}/transfers --json "{\\"id\\":\\"$id\\"}"; echo

Or with the AWS CLI or any SDK:
export AWS_ENDPOINT_URL_SFN=${stepFunctions.url} AWS_ENDPOINT_URL_S3=${store.url}
export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
aws stepfunctions start-execution --endpoint-url ${stepFunctions.url} --name "$id" \\
  --state-machine-arn ${localStateMachineArn} --input "{\\"id\\":\\"$id\\"}"
aws stepfunctions describe-execution --endpoint-url ${stepFunctions.url} \\
  --execution-arn ${localStateMachineArn.replace(":stateMachine:", ":execution:")}:$id
aws s3 ls --endpoint-url ${store.url} --recursive s3://${localBucket}/

See the deliveries of its event:
aws stepfunctions list-executions --endpoint-url ${stepFunctions.url} \\
  --state-machine-arn ${localDeliveryStateMachineArn}

`;
}
