import type { Command } from "commander";
import { type ListingOptions, listingOptions } from "./transfers/listing-options.ts";
import { deliveryTable } from "./transfers/transfer-text.ts";
import {
  printAll,
  type TransfersCommandOptions,
  transfersCommand,
  withTransfers,
} from "./transfers/transfers-command.ts";

/** `audio-transfer deliveries`: who was told of a transfer's end, and who not. */
export function deliveriesCommand(): Command {
  const command = transfersCommand({
    usage: "deliveries [transfer]",
    description: "list the deliveries that tell the end of a transfer, or all of them, newest first",
    quiet: "print their names only, one a line",
    machines: ["transfer", "delivery"],
    examples: `  audio-transfer deliveries NAME
  audio-transfer deliveries --status FAILED
  audio-transfer deliveries --status FAILED --quiet | xargs -n 1 audio-transfer redeliver`,
  }).action(deliveries);
  for (const option of listingOptions()) command.addOption(option);
  return command;
}

async function deliveries(name: string | undefined, options: TransfersCommandOptions & ListingOptions): Promise<void> {
  const { status, limit } = options;
  await withTransfers(options, async (transfers, signal) => {
    await printAll(transfers.deliveries({ name, status, limit, signal }), options, deliveryTable);
  });
}
