import { Command, Option } from "commander";
import { environmentNames, vendorBaseUrl } from "../../functions/contract.ts";
import { longestDeadlineSeconds, parseInput } from "../../functions/domain/input.ts";
import { runTransfer, type TransferRun } from "../../lib/local/run-transfer.ts";
import { startMagicHourSimulator } from "../../lib/local/simulator/magic-hour-simulator.ts";
import { startProgressBars } from "../../lib/local/terminal/progress-bars.ts";
import { reportEnd, reportEvent, styleFor } from "../../lib/local/terminal/transfer-report.ts";
import { planOf, type SimulationOptions, simulationOptions, wholeNumber } from "./options.ts";

interface RunOptions extends SimulationOptions {
  readonly id?: string;
  readonly delete: boolean;
  readonly wait: boolean;
  readonly download: boolean;
  readonly directory?: string;
  readonly deadline?: number;
  readonly store: string;
  readonly corruptOneByte: boolean;
  readonly json: boolean;
}

const examples = `
Examples:
  npm start                                     one simulated project, from queued to verified files
  npm start -- --delete --json                  the same, then deleted; the output as JSON on stdout
  MAGIC_HOUR_API_KEY=mhk_… npm start -- --id ID   a real project

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
  const bars = startProgressBars(stream);
  let startedAt: number | undefined;
  try {
    const end = await runTransfer({
      ...vendor,
      directory: options.store,
      corruptOneByte: options.corruptOneByte,
      signal: interrupted.signal,
      input: () => {
        const id = projectId();
        bars.write(`Project ${id} at ${vendor.vendor.baseUrl}`);
        return inputOf(id, options);
      },
      onEvent: (event) => {
        startedAt ??= event.timestamp;
        const line = reportEvent(event, startedAt, style);
        if (line !== undefined) bars.write(line);
      },
    });
    bars.write(reportEnd(end, options.store, style));
    if (options.json && end.output !== undefined) process.stdout.write(`${end.output}\n`);
    process.exitCode = end.status === "SUCCEEDED" ? 0 : 1;
  } finally {
    bars.close();
    await close();
  }
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

/** An http base URL on this machine is a simulator that the operator named; any other stays under the guard. */
function namedByOperator(baseUrl: string): string[] {
  const { protocol, hostname, origin } = new URL(baseUrl);
  return protocol === "http:" && (hostname === "127.0.0.1" || hostname === "localhost") ? [origin] : [];
}

/** Ends with code 2 before anything is started, when the options make an input that the workflow would refuse. */
function refuseBadInput(options: RunOptions, command: Command): void {
  if (options.corruptOneByte && options.id !== undefined) {
    command.error("error: --corrupt-one-byte is for simulated projects, not for --id", { exitCode: 2 });
  }
  try {
    parseInput(inputOf(options.id ?? "simulated", options));
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
  };
}
