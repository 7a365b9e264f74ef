import type { Command } from "commander";
import { transferText } from "./transfers/transfer-text.ts";
import {
  printOne,
  type TransfersCommandOptions,
  transfersCommand,
  withTransfers,
} from "./transfers/transfers-command.ts";

/** `audio-transfer status`: a transfer as it stands. */
export function statusCommand(): Command {
  return transfersCommand({
    usage: "status <transfer>",
    description: "show how a transfer of a deployed stack stands; 0 also when it failed",
    quiet: "print its status only, such as RUNNING",
    machines: ["transfer"],
    examples: `  audio-transfer status NAME
  audio-transfer status NAME --json | jq '.output.manifest'`,
  }).action(status);
}

async function status(name: string, options: TransfersCommandOptions): Promise<void> {
  await withTransfers(options, async (transfers, signal) => {
    const transfer = await transfers.status({ name, signal });
    printOne(transfer, options, { quiet: `${transfer.status}\n`, text: () => transferText(transfer) });
  });
}
