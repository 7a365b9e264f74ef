import type { Command } from "commander";
import { deliveryText } from "./transfers/transfer-text.ts";
import {
  printOne,
  type TransfersCommandOptions,
  transfersCommand,
  withTransfers,
} from "./transfers/transfers-command.ts";

interface RedeliverCommandOptions extends TransfersCommandOptions {
  readonly evenIfDelivered?: boolean;
}

/** `audio-transfer redeliver`: a delivery that failed, anew. */
export function redeliverCommand(): Command {
  return transfersCommand({
    usage: "redeliver <delivery>",
    description: "start a delivery that failed or was stopped anew, with the same message id",
    quiet: "print the new delivery's name only",
    machines: ["delivery"],
    examples: `  audio-transfer redeliver NAME
  audio-transfer redeliver NAME-r1
      when that repetition failed too: each is repeated once, and the next one by its own name`,
  })
    .option("--even-if-delivered", "also one that was delivered: the receiver lost what it had")
    .action(redeliver);
}

async function redeliver(name: string, options: RedeliverCommandOptions): Promise<void> {
  const { evenIfDelivered } = options;
  await withTransfers(options, async (transfers, signal) => {
    const delivery = await transfers.redeliver({ name, evenIfDelivered, signal });
    printOne(delivery, options, { quiet: `${delivery.name}\n`, text: () => deliveryText(delivery) });
  });
}
