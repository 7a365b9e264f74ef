import type { Command } from "commander";
import { longestDeadlineSeconds } from "../../functions/domain/input.ts";
import type { Transfer } from "../../lib/client/transfer.ts";
import { wholeNumber } from "./options.ts";
import { formatTook } from "./transfers/table.ts";
import { transferText } from "./transfers/transfer-text.ts";
import {
  printOne,
  type TransfersCommandOptions,
  transfersCommand,
  withTransfers,
} from "./transfers/transfers-command.ts";

interface WaitCommandOptions extends TransfersCommandOptions {
  /** Seconds. */
  readonly deadline?: number;
}

/** `audio-transfer wait`: until a transfer is over. */
export function waitCommand(): Command {
  return transfersCommand({
    usage: "wait <transfer>",
    description: "wait until a transfer of a deployed stack is over; the exit code says how it ended",
    quiet: "print nothing but errors",
    machines: ["transfer"],
    examples: `  audio-transfer wait NAME
  audio-transfer wait NAME --deadline 600 --quiet && echo saved`,
  })
    .option(
      "--deadline <seconds>",
      "seconds until it is waited no longer; the transfer goes on (default: until it is over)",
      wholeNumber(1, longestDeadlineSeconds),
    )
    .action(wait);
}

async function wait(name: string, options: WaitCommandOptions): Promise<void> {
  const hint = `Interrupted: the transfer goes on. To wait again: audio-transfer wait ${name}`;
  await withTransfers(
    options,
    async (transfers, signal) => {
      using line = progressLine(options);
      const { deadline: deadlineSeconds } = options;
      const transfer = await transfers.wait({ name, deadlineSeconds, signal, onUpdate: line.show });
      line.clear();
      printOne(transfer, options, { quiet: "", text: () => transferText(transfer) });
    },
    hint,
  );
}

/** One line on a terminal that is written anew with every look, and gone at the end. */
function progressLine({ quiet }: TransfersCommandOptions) {
  const stream = process.stderr;
  const isShown = stream.isTTY && !quiet;
  let isWritten = false;
  const clear = () => {
    if (!isWritten) return;
    stream.cursorTo(0);
    stream.clearLine(0);
    isWritten = false;
  };
  const show = ({ status, startedAt }: Transfer, waitSeconds: number) => {
    if (!isShown) return;
    clear();
    const since = formatTook(Math.max(0, Date.now() - Date.parse(startedAt)));
    stream.write(`${status} for ${since}, next look in ${waitSeconds} s`);
    isWritten = true;
  };
  return { show, clear, [Symbol.dispose]: clear };
}
