import { Command } from "commander";
import { lambdaHost } from "../../functions/host.ts";
import { type EmbeddedCloud, newSigningSecret, startEmbeddedCloud } from "../../lib/local/embedded-cloud.ts";
import { startMagicHourSimulator } from "../../lib/local/simulator/magic-hour-simulator.ts";
import { reportWebhook } from "../../lib/local/terminal/webhook-report.ts";
import { type ReceivedWebhook, startWebhookReceiver, type WebhookReceiver } from "../../lib/local/webhook-receiver.ts";
import { banner, type RunningLocal } from "./local/banner.ts";
import { callOnManifest } from "./local/on-manifest.ts";
import { planOf, type SimulationOptions, simulationOptions, wholeNumber } from "./options.ts";
import { namingTakenPort } from "./taken-port.ts";
import { untilInterrupted } from "./until-interrupted.ts";

interface LocalOptions extends SimulationOptions {
  readonly stepFunctionsPort: number;
  readonly storePort: number;
  readonly simulatorPort: number;
  readonly receiverPort: number;
  readonly httpApiPort: number;
  readonly store: string;
  readonly onManifest?: string;
  readonly push?: boolean;
}

/** Milliseconds between two passes of the cleanup. */
const hour = 3_600_000;

const examples = `
Examples:
  audio-transfer local --store /tmp/s3
  audio-transfer local --on-manifest examples/on-manifest/read-manifest.ts
      calls a Lambda function of yours as soon as a transfer is saved`;

/** `audio-transfer local`: the embedded cloud stays up and speaks the AWS protocols. */
export function localCommand(): Command {
  const port = wholeNumber(0, 65_535);
  const command = new Command("local")
    .description(
      "keep the embedded cloud up: Step Functions, HTTP API, S3, a webhook receiver and a simulated Magic Hour",
    )
    .option("--step-functions-port <port>", "port of Step Functions, 0 for any free one", port, 8083)
    .option("--store-port <port>", "port of S3, 0 for any free one", port, 8084)
    .option("--simulator-port <port>", "port of the simulator, 0 for any free one", port, 8085)
    .option("--receiver-port <port>", "port of the webhook receiver, 0 for any free one", port, 8086)
    .option("--http-api-port <port>", "port of the HTTP API, 0 for any free one", port, 8087)
    .option("--push", "let the simulator send Magic Hour's webhooks, which start a transfer when a project is ready")
    .option("--store <path>", "directory that stands for S3", ".local/s3")
    .option(
      "--on-manifest <module>",
      "call the function `handler` of a module with the S3 event of every manifest, as Lambda would",
    )
    .addHelpText("after", examples)
    .action((options: LocalOptions) => local(options, command));
  for (const option of simulationOptions()) command.addOption(option);
  return command;
}

async function local(options: LocalOptions, command: Command): Promise<void> {
  // Closes everything, also what was started before something that cannot be.
  await using open = new AsyncDisposableStack();
  const running = await start(options, open);
  if (options.onManifest !== undefined) await callOnManifest(options.onManifest, running.cloud, command);
  using _sweeping = sweepHourly(running.cloud);
  process.stdout.write(banner(running, options));
  await untilInterrupted();
}

async function start(options: LocalOptions, open: AsyncDisposableStack): Promise<RunningLocal> {
  const close = (started: { close(): Promise<void> }) => started.close();
  try {
    const plan = planOf(options);
    const vendorWebhookSecret = newSigningSecret();
    let webhookUrl = "";
    const webhooks = { url: () => webhookUrl, secret: vendorWebhookSecret };
    const simulator = open.adopt(
      await startMagicHourSimulator({ port: options.simulatorPort, plan, ...(options.push && { webhooks }) }),
      close,
    );
    const signingSecret = newSigningSecret();
    const receiver = open.adopt(await startReceiver(signingSecret, options.receiverPort), close);
    const cloud = await startEmbeddedCloud({
      directory: options.store,
      storePort: options.storePort,
      stepFunctionsPort: options.stepFunctionsPort,
      httpApiPort: options.httpApiPort,
      vendorWebhookSecret,
      vendor: { baseUrl: simulator.url, apiKey: simulator.apiKey },
      guardExceptions: [simulator.url, receiver.url],
      webhooks: [{ url: `${receiver.url}/webhooks` }],
      signingSecret,
      host: { ...lambdaHost, sink: { info: logLine, warn: logLine } },
    });
    webhookUrl = cloud.vendorWebhookUrl;
    return { simulator, receiver, cloud: open.adopt(cloud, close) };
  } catch (error) {
    throw namingTakenPort(error, portsOf(options));
  }
}

function startReceiver(signingSecret: string, port: number): Promise<WebhookReceiver> {
  const onWebhook = (webhook: ReceivedWebhook) => void process.stdout.write(`${reportWebhook(webhook)}\n`);
  return startWebhookReceiver({ signingSecrets: [signingSecret], port, onWebhook });
}

function portsOf(options: LocalOptions): Record<string, number> {
  return {
    "--step-functions-port": options.stepFunctionsPort,
    "--store-port": options.storePort,
    "--simulator-port": options.simulatorPort,
    "--receiver-port": options.receiverPort,
    "--http-api-port": options.httpApiPort,
  };
}

/** A pass of the cleanup every hour, as the stack's schedule has it. What a pass throws stands in its log line. */
function sweepHourly(cloud: EmbeddedCloud): Disposable {
  const timer = setInterval(() => void cloud.cleanup().catch(() => undefined), hour);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** The functions' log, a line of JSON each, on stderr. */
function logLine(line: object): void {
  process.stderr.write(`${JSON.stringify(line)}\n`);
}
