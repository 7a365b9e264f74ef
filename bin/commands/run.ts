import { Command, Option } from "commander";
import { environmentNames, vendorBaseUrl } from "../../functions/contract.ts";
import { anyHost, requireAllowed } from "../../functions/domain/endpoint.ts";
import { longestDeadlineSeconds, parseInput } from "../../functions/domain/input.ts";
import { parseSigningKeys } from "../../functions/domain/signature.ts";
import { newSigningSecret } from "../../lib/local/embedded-cloud.ts";
import { runTransfer, type TransferRun, type TransferRunEnd } from "../../lib/local/run-transfer.ts";
import { startMagicHourSimulator } from "../../lib/local/simulator/magic-hour-simulator.ts";
import { reportDelivery } from "../../lib/local/terminal/delivery-report.ts";
import { startProgressBars } from "../../lib/local/terminal/progress-bars.ts";
import { reportEnd, reportEvent, type Style, styleFor } from "../../lib/local/terminal/transfer-report.ts";
import { startWebhookReceiver } from "../../lib/local/webhook-receiver.ts";
import { planOf, type SimulationOptions, simulationOptions, wholeNumber } from "./options.ts";

interface RunOptions extends SimulationOptions {
  readonly id?: string;
  readonly delete: boolean;
  readonly wait: boolean;
  readonly download: boolean;
  readonly directory?: string;
  readonly deadline?: number;
  readonly notify?: string;
  readonly store: string;
  readonly corruptOneByte: boolean;
  readonly json: boolean;
}

const examples = `
Examples:
  npm start                                     one simulated project, from queued to verified files
  npm start -- --delete --json                  the same, then deleted; the output as JSON on stdout
  MAGIC_HOUR_API_KEY=mhk_… npm start -- --id ID   a real project
  npm start -- --notify https://example.com/hook  tells your own receiver of the end; the webhook is signed with
                                                the secret in ${environmentNames.signingSecret}, or a random one that is printed

Exit codes: 0 done, 1 the transfer failed (its error and cause are printed), 2 bad usage`;

/** `audio-transfer run`, the default: one whole transfer on an embedded cloud. */
export function runCommand(): Command {
  const command = new Command("run")
    .description("run one whole transfer on this machine: poll, copy, verify, delete if asked")
    .option("--id <id>", `a real project's id; needs ${environmentNames.apiKey} (default: a simulated project)`)
    .option("--delete", "delete the remote project once every byte is verified", false)
    .option("--no-wait", "take one look instead of waiting for completion")
    .option("--no-download", "wait for completion only")
    .option("--directory <prefix>", "key prefix of the outputs (default: audio-projects/<id>)")
    .option(
      "--deadline <seconds>",
      "seconds until a pending project is given up",
      wholeNumber(1, longestDeadlineSeconds),
    )
    .option("--notify <url>", "send the webhook there (default: to a receiver on this machine that verifies it)")
    .option("--store <path>", "directory that stands for S3", ".local/s3")
    .option("--json", "print the execution's output as one JSON object on stdout, all else on stderr", false)
    .addOption(
      new Option("--corrupt-one-byte", "flip one stored byte, to see that the deletion is refused").default(false),
    )
    .addHelpText("after", examples)
    .action((options: RunOptions) => run(options, command));
  for (const option of simulationOptions()) command.addOption(option);
  return command;
}

async function run(options: RunOptions, command: Command): Promise<void> {
  const stream = options.json ? process.stderr : process.stdout;
  const style = styleFor(stream);
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  refuseBadInput(options, command);
  const { projectId, close, ...vendor } = await openVendor(options, command);
  const receiver = await openReceiver(options);
  const bars = startProgressBars(stream);
  let startedAt: number | undefined;
  try {
    const end = await runTransfer({
      vendor: vendor.vendor,
      guardExceptions: [...vendor.guardExceptions, ...receiver.guardExceptions],
      webhooks: receiver.webhooks,
      signingSecret: receiver.signingSecret,
      directory: options.store,
      corruptOneByte: options.corruptOneByte,
      signal: interrupted.signal,
      input: () => {
        const id = projectId();
        bars.write(`Project ${id} at ${vendor.vendor.baseUrl}`);
        if (receiver.hint) bars.write(receiver.hint);
        return inputOf(id, options);
      },
      onEvent: (event) => {
        startedAt ??= event.timestamp;
        const line = reportEvent(event, startedAt, style);
        if (line !== undefined) bars.write(line);
      },
    });
    report(end, options, { style, receiver, write: (line) => bars.write(line) });
  } finally {
    bars.close();
    await receiver.close();
    await close();
  }
}

function report(
  { transfer, deliveries }: TransferRunEnd,
  options: RunOptions,
  { style, receiver, write }: { style: Style; receiver: Receiver; write: (line: string) => void },
): void {
  write(reportEnd(transfer, options.store, style));
  for (const watched of deliveries) {
    write(`  ${reportDelivery(watched, receiver.hasVerified(watched.delivery.messageId), style)}`);
  }
  if (options.json && transfer.output !== undefined) process.stdout.write(`${transfer.output}\n`);
  // What becomes of the deliveries is shown and never changes the transfer's result.
  process.exitCode = transfer.status === "SUCCEEDED" ? 0 : 1;
}

/** Who is told of the end. */
interface Receiver extends Required<Pick<TransferRun, "guardExceptions" | "webhooks" | "signingSecret">> {
  /** What a person must know before the webhook comes. */
  readonly hint?: string;
  /** Whether the signature of a message was verified; undefined when the receiver is somebody else's. */
  readonly hasVerified: (messageId: string) => boolean | undefined;
  readonly close: () => Promise<void>;
}

/** The receiver that `--notify` names, or one on this machine. */
async function openReceiver({ notify }: RunOptions): Promise<Receiver> {
  const given = process.env[environmentNames.signingSecret];
  const signingSecret = given || newSigningSecret();
  if (notify !== undefined) {
    const hint = given ? {} : { hint: `Webhooks are signed with ${signingSecret}` };
    const others = { hasVerified: () => undefined, close: async () => undefined };
    return { guardExceptions: namedByOperator(notify), webhooks: [], signingSecret, ...hint, ...others };
  }
  // A secret of the environment may hold an ed25519 key, which the receiver's package does not know.
  const own = newSigningSecret();
  const receiver = await startWebhookReceiver({ signingSecrets: [own] });
  return {
    guardExceptions: [receiver.url],
    webhooks: [{ url: `${receiver.url}/webhooks` }],
    signingSecret: own,
    hasVerified: (id) => receiver.received.some(({ messageId, isVerified }) => isVerified && messageId === id),
    close: () => receiver.close(),
  };
}

type Vendor = Required<Pick<TransferRun, "vendor" | "guardExceptions">> & {
  /** The project to transfer; with a simulator it is created by this call. */
  readonly projectId: () => string;
  readonly close: () => Promise<void>;
};

/** The real vendor if a project id is given, else a simulator. */
async function openVendor(options: RunOptions, command: Command): Promise<Vendor> {
  const { id } = options;
  if (id !== undefined) {
    const vendor = realVendor(command);
    const guardExceptions = namedByOperator(vendor.baseUrl);
    return { vendor, guardExceptions, projectId: () => id, close: async () => undefined };
  }
  const simulator = await startMagicHourSimulator();
  return {
    vendor: { baseUrl: simulator.url, apiKey: simulator.apiKey },
    guardExceptions: [simulator.url],
    projectId: () => simulator.createProject(planOf(options)),
    close: () => simulator.close(),
  };
}

function realVendor(command: Command): { readonly apiKey: string; readonly baseUrl: string } {
  const apiKey = process.env[environmentNames.apiKey];
  const baseUrl = process.env[environmentNames.baseUrl] || vendorBaseUrl;
  if (!URL.canParse(baseUrl)) command.error(`error: ${environmentNames.baseUrl} is not a URL`, { exitCode: 2 });
  if (apiKey) return { apiKey, baseUrl };
  return command.error(`error: --id needs the environment variable ${environmentNames.apiKey}`, { exitCode: 2 });
}

/** An http URL on this machine is a simulator or a receiver that the operator named; any other stays under the guard. */
function namedByOperator(url: string): string[] {
  const { protocol, hostname, origin } = new URL(url);
  return protocol === "http:" && (hostname === "127.0.0.1" || hostname === "localhost") ? [origin] : [];
}

/** Ends with code 2 before anything is started, when the options make an input that the workflow would refuse. */
function refuseBadInput(options: RunOptions, command: Command): void {
  if (options.corruptOneByte && options.id !== undefined) {
    command.error("error: --corrupt-one-byte is for simulated projects, not for --id", { exitCode: 2 });
  }
  try {
    parseSigningKeys(process.env[environmentNames.signingSecret] || newSigningSecret());
    const { notify } = parseInput(inputOf(options.id ?? "simulated", options));
    requireAllowed(notify, { hosts: anyHost, exceptions: new Set(notify.flatMap(namedByOperator)) });
  } catch (error) {
    command.error(`error: ${error instanceof Error ? error.message : String(error)}`, { exitCode: 2 });
  }
}

function inputOf(id: string, options: RunOptions): Record<string, unknown> {
  return {
    id,
    waitForCompletion: options.wait,
    downloadOutputs: options.download,
    deleteAfterDownload: options.delete,
    ...(options.directory !== undefined && { downloadDirectory: options.directory }),
    ...(options.deadline !== undefined && { deadlineSeconds: options.deadline }),
    ...(options.notify !== undefined && { notify: [options.notify] }),
  };
}
