import { Command, Option } from "commander";
import { environmentNames } from "../../functions/contract.ts";
import { longestDeadlineSeconds } from "../../functions/domain/input.ts";
import { runTransfer } from "../../lib/local/run-transfer.ts";
import type { ExecutionDescription } from "../../lib/local/workflows/execution.ts";
import { simulationOptions, wholeNumber } from "./options.ts";
import { interruptedExitCode, interruption } from "./run/interruption.ts";
import { openReceiver } from "./run/receiver.ts";
import { openReport } from "./run/report.ts";
import { inputOf, type RunOptions, refuseBadInput } from "./run/run-options.ts";
import { openVendor } from "./run/vendor.ts";

const examples = `
Examples:
  npm start                                     one simulated project, from queued to verified files
  npm start -- --delete --json                  the same, then deleted; the output as JSON on stdout
  MAGIC_HOUR_API_KEY=mhk_… npm start -- --id ID   a real project
  npm start -- --notify https://example.com/hook  tells your own receiver of the end; the webhook is signed with
                                                the secret in ${environmentNames.signingSecret}, or a random one that is printed

Exit codes: 0 done, 1 the transfer failed (its error and cause are printed), 2 bad usage, ${interruptedExitCode} interrupted`;

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
    .action((options: RunOptions) => runUntilInterrupted(options, command));
  for (const option of simulationOptions()) command.addOption(option);
  return command;
}

async function runUntilInterrupted(options: RunOptions, command: Command): Promise<void> {
  refuseBadInput(options, command);
  if ((await run(options, command)) === "finished") return;
  process.exitCode ??= interruptedExitCode;
  // A function that was at work when its execution was stopped, as Lambda has it, works on: its request to a receiver
  // that hangs would keep the process for 10 s. What was printed is out: pipes, files and terminals are written at once.
  process.exit();
}

async function run(options: RunOptions, command: Command): Promise<"finished" | "interrupted"> {
  await using open = new AsyncDisposableStack();
  const report = open.use(openReport(options));
  const { signal } = open.use(
    interruption(() => report.write("Interrupted: the run is stopped; another Ctrl-C ends it at once.")),
  );
  const { vendor, projectId, ...vendors } = open.adopt(await openVendor(options, command), ({ close }) => close());
  const receiver = open.adopt(await openReceiver(options), ({ close }) => close());
  const deliveries = await runTransfer({
    vendor,
    guardExceptions: [...vendors.guardExceptions, ...receiver.guardExceptions],
    webhooks: receiver.webhooks,
    signingSecret: receiver.signingSecret,
    directory: options.store,
    corruptOneByte: options.corruptOneByte,
    signal,
    input: () => {
      const id = projectId();
      report.write(`Project ${id} at ${vendor.baseUrl}`);
      if (receiver.hint) report.write(receiver.hint);
      return inputOf(id, options);
    },
    onEvent: report.event,
    onEnd: (transfer) => {
      report.end(transfer);
      // Set now, because what becomes of the deliveries, or of waiting for them, never changes the transfer's result.
      process.exitCode = exitCodeOf(transfer);
    },
  });
  report.deliveries(deliveries, receiver);
  return signal.aborted ? "interrupted" : "finished";
}

/** Nothing but Ctrl-C aborts the execution of a run. */
function exitCodeOf({ status }: ExecutionDescription): number {
  if (status === "SUCCEEDED") return 0;
  return status === "ABORTED" ? interruptedExitCode : 1;
}
