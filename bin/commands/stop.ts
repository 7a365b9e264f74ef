import type { Command } from "commander";
import { transferText } from "./transfers/transfer-text.ts";
import {
  printOne,
  type TransfersCommandOptions,
  transfersCommand,
  withTransfers,
} from "./transfers/transfers-command.ts";

interface StopCommandOptions extends TransfersCommandOptions {
  readonly reason: string;
}

/** `audio-transfer stop`: ends a transfer where it is. */
export function stopCommand(): Command {
  return transfersCommand({
    usage: "stop <transfer>",
    description: "stop a transfer of a deployed stack where it is, and tell nobody; one that is over stays as it is",
    quiet: "print nothing but errors",
    machines: ["transfer"],
    examples: `  audio-transfer stop NAME --reason "wrong project"
  audio-transfer list --status RUNNING --quiet | xargs -n 1 audio-transfer stop`,
  })
    .option("--reason <text>", "why, for its history", "stopped by audio-transfer stop")
    .action(stop);
}

async function stop(name: string, options: StopCommandOptions): Promise<void> {
  await withTransfers(options, async (transfers, signal) => {
    const transfer = await transfers.stop({ name, reason: options.reason, signal });
    printOne(transfer, options, { quiet: "", text: () => transferText(transfer) });
  });
}
