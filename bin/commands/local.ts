import { Command } from "commander";
import { lambdaHost } from "../../functions/host.ts";
import {
  type EmbeddedCloud,
  localBucket,
  newSigningSecret,
  startEmbeddedCloud,
} from "../../lib/local/embedded-cloud.ts";
import { localDeliveryStateMachineArn, localStateMachineArn } from "../../lib/local/local-machines.ts";
import { type MagicHourSimulator, startMagicHourSimulator } from "../../lib/local/simulator/magic-hour-simulator.ts";
import { reportWebhook } from "../../lib/local/terminal/webhook-report.ts";
import { type ReceivedWebhook, startWebhookReceiver, type WebhookReceiver } from "../../lib/local/webhook-receiver.ts";
import { planOf, type SimulationOptions, simulationOptions, wholeNumber } from "./options.ts";
import { createAndGet } from "./simulate.ts";
import { namingTakenPort } from "./taken-port.ts";
import { untilInterrupted } from "./until-interrupted.ts";

interface LocalOptions extends SimulationOptions {
  readonly stepFunctionsPort: number;
  readonly storePort: number;
  readonly simulatorPort: number;
  readonly receiverPort: number;
  readonly store: string;
}

/** `audio-transfer local`: the embedded cloud stays up and speaks the AWS protocols. */
export function localCommand(): Command {
  const port = wholeNumber(0, 65_535);
  const command = new Command("local")
    .description("keep the embedded cloud up: Step Functions, S3, a webhook receiver and the Magic Hour simulator")
    .option("--step-functions-port <port>", "port of Step Functions, 0 for any free one", port, 8083)
    .option("--store-port <port>", "port of S3, 0 for any free one", port, 8084)
    .option("--simulator-port <port>", "port of the simulator, 0 for any free one", port, 8085)
    .option("--receiver-port <port>", "port of the webhook receiver, 0 for any free one", port, 8086)
    .option("--store <path>", "directory that stands for S3", ".local/s3")
    .addHelpText("after", "\nExample:\n  audio-transfer local --store /tmp/s3")
    .action(local);
  for (const option of simulationOptions()) command.addOption(option);
  return command;
}

async function local(options: LocalOptions): Promise<void> {
  // Closes everything, also what was started before something that cannot be.
  await using open = new AsyncDisposableStack();
  process.stdout.write(banner(await start(options, open)));
  await untilInterrupted();
}

async function start(options: LocalOptions, open: AsyncDisposableStack): Promise<Running> {
  const close = (started: { close(): Promise<void> }) => started.close();
  try {
    const plan = planOf(options);
    const simulator = open.adopt(await startMagicHourSimulator({ port: options.simulatorPort, plan }), close);
    const signingSecret = newSigningSecret();
    const receiver = open.adopt(await startReceiver(signingSecret, options.receiverPort), close);
    const cloud = await startEmbeddedCloud({
      directory: options.store,
      storePort: options.storePort,
      stepFunctionsPort: options.stepFunctionsPort,
      vendor: { baseUrl: simulator.url, apiKey: simulator.apiKey },
      guardExceptions: [simulator.url, receiver.url],
      webhooks: [{ url: `${receiver.url}/webhooks` }],
      signingSecret,
      host: { ...lambdaHost, sink: { info: logLine, warn: logLine } },
    });
    return { simulator, receiver, cloud: open.adopt(cloud, close) };
  } catch (error) {
    throw namingTakenPort(error, portsOf(options));
  }
}

function startReceiver(signingSecret: string, port: number): Promise<WebhookReceiver> {
  const onWebhook = (webhook: ReceivedWebhook) => void process.stdout.write(`${reportWebhook(webhook)}\n`);
  return startWebhookReceiver({ signingSecrets: [signingSecret], port, onWebhook });
}

function portsOf({ stepFunctionsPort, storePort, simulatorPort, receiverPort }: LocalOptions): Record<string, number> {
  return {
    "--step-functions-port": stepFunctionsPort,
    "--store-port": storePort,
    "--simulator-port": simulatorPort,
    "--receiver-port": receiverPort,
  };
}

interface Running {
  readonly simulator: MagicHourSimulator;
  readonly receiver: WebhookReceiver;
  readonly cloud: EmbeddedCloud;
}

function banner({ simulator, receiver, cloud: { stepFunctions, store } }: Running): string {
  return `The embedded cloud is up, Ctrl-C stops it.
  Step Functions  ${stepFunctions.url}
  S3              ${store.url}   (files below ${store.directory}/${localBucket})
  Magic Hour      ${simulator.url}
  Webhooks        ${receiver.url}   (is told of every transfer, verifies, and shows here what came)

Create a project:
${createAndGet(simulator)}
Transfer it with the AWS CLI or any SDK:
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

/** The functions' log, a line of JSON each, on stderr. */
function logLine(line: object): void {
  process.stderr.write(`${JSON.stringify(line)}\n`);
}
