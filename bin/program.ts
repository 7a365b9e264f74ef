import { Command } from "commander";
import { checkResultCommand } from "./commands/check-result.ts";
import { completionCommand } from "./commands/completion.ts";
import { deleteCommand } from "./commands/delete.ts";
import { deliveriesCommand } from "./commands/deliveries.ts";
import { getCommand } from "./commands/get.ts";
import { listCommand } from "./commands/list.ts";
import { localCommand } from "./commands/local.ts";
import { redeliverCommand } from "./commands/redeliver.ts";
import { runCommand } from "./commands/run.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { startCommand } from "./commands/start.ts";
import { statusCommand } from "./commands/status.ts";
import { stopCommand } from "./commands/stop.ts";
import { waitCommand } from "./commands/wait.ts";
import { packageVersion } from "./package-version.ts";

/** The command line `audio-transfer`, with all of its commands. Where it would end the process it throws instead. */
export function audioTransferProgram(): Command {
  const program = new Command("audio-transfer")
    .description("Magic Hour audio, saved and verified: here, to S3, or by a stack of your own on AWS")
    .version(packageVersion)
    .addCommand(runCommand(), { isDefault: true })
    .addCommand(getCommand())
    .addCommand(checkResultCommand())
    .addCommand(deleteCommand())
    .addCommand(startCommand())
    .addCommand(statusCommand())
    .addCommand(waitCommand())
    .addCommand(stopCommand())
    .addCommand(listCommand())
    .addCommand(deliveriesCommand())
    .addCommand(redeliverCommand())
    .addCommand(localCommand())
    .addCommand(simulateCommand())
    .addCommand(completionCommand());
  for (const command of [program, ...program.commands]) {
    command.exitOverride().showHelpAfterError("(--help shows the usage)");
  }
  return program;
}
