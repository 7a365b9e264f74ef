import type { Command } from "commander";
import { type ListingOptions, listingOptions } from "./transfers/listing-options.ts";
import { transferTable } from "./transfers/transfer-text.ts";
import {
  printAll,
  type TransfersCommandOptions,
  transfersCommand,
  withTransfers,
} from "./transfers/transfers-command.ts";

/** `audio-transfer list`: transfers, newest first. */
export function listCommand(): Command {
  const command = transfersCommand({
    usage: "list",
    description: "list the transfers of a deployed stack, newest first",
    quiet: "print their names only, one a line",
    machines: ["transfer"],
    examples: `  audio-transfer list --status FAILED
  audio-transfer list --limit 1000 --json | jq -r 'select(.startedAt > "2026-11-22") | .name'`,
  }).action(list);
  for (const option of listingOptions()) command.addOption(option);
  return command;
}

async function list(options: TransfersCommandOptions & ListingOptions): Promise<void> {
  const { status, limit } = options;
  await withTransfers(options, async (transfers, signal) => {
    await printAll(transfers.list({ status, limit, signal }), options, transferTable);
  });
}
