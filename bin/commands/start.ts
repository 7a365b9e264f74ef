import { type Command, InvalidArgumentError } from "commander";
import { longestDeadlineSeconds } from "../../functions/domain/input.ts";
import type { TransferRequest } from "../../lib/client/transfer.ts";
import { wholeNumber } from "./options.ts";
import { transferText } from "./transfers/transfer-text.ts";
import {
  printOne,
  type TransfersCommandOptions,
  transfersCommand,
  withTransfers,
} from "./transfers/transfers-command.ts";

interface StartCommandOptions extends TransfersCommandOptions {
  readonly wait: boolean;
  readonly download: boolean;
  readonly directory?: string;
  readonly deleteAfter?: boolean;
  /** Seconds. */
  readonly deadline?: number;
  readonly notify?: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly idempotencyKey?: string;
}

/** `audio-transfer start`: a transfer on a deployed stack. */
export function startCommand(): Command {
  return transfersCommand({
    usage: "start <id>",
    description: "start a transfer of a project on a deployed stack; the same again finds the first",
    quiet: "print the transfer's name only",
    machines: ["transfer"],
    examples: `  audio-transfer start ID --delete-after
  audio-transfer start ID --metadata '{"order":7}' --notify https://example.com/hook
  audio-transfer wait "$(audio-transfer start ID --quiet)"`,
  })
    .option("--no-wait", "take one look instead of waiting for completion")
    .option("--no-download", "wait for completion only")
    .option("--directory <prefix>", "key prefix of the outputs in the bucket (default: audio-projects/<id>)")
    .option("--delete-after", "delete the remote project once every byte is verified")
    .option(
      "--deadline <seconds>",
      "seconds until a pending project is given up (default: the stack's)",
      wholeNumber(1, longestDeadlineSeconds),
    )
    .option(
      "--notify <url>",
      "a webhook endpoint to tell of the end, besides the stack's own; may be given ten times",
      (url: string, before: readonly string[] = []) => [...before, url],
    )
    .option("--metadata <json>", "an object that is echoed in the output and in events", jsonObject)
    .option("--idempotency-key <name>", "name of the transfer, taken for 90 days (default: made of the input)")
    .action(start);
}

async function start(id: string, options: StartCommandOptions): Promise<void> {
  const { idempotencyKey } = options;
  await withTransfers(options, async (transfers, signal) => {
    const transfer = await transfers.start(requestOf(id, options), { idempotencyKey, signal });
    const text = () => transferText(transfer) + (transfer.isNew ? "" : "It was started before.\n");
    printOne(transfer, options, { quiet: `${transfer.name}\n`, text });
  });
}

function requestOf(id: string, options: StartCommandOptions): TransferRequest {
  const { wait, download, directory, deleteAfter, deadline, notify, metadata } = options;
  return {
    id,
    waitForCompletion: wait,
    downloadOutputs: download,
    downloadDirectory: directory,
    deleteAfterDownload: deleteAfter,
    deadlineSeconds: deadline,
    notify,
    metadata,
  };
}

/** @throws {InvalidArgumentError} when it is no JSON of an object; it is not repeated, because it may hold a secret */
function jsonObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // No JSON.
  }
  throw new InvalidArgumentError('must be a JSON object such as {"order":7}.');
}
