#!/usr/bin/env -S node
import { Command, CommanderError } from "commander";
import { localCommand } from "./commands/local.ts";
import { runCommand } from "./commands/run.ts";
import { simulateCommand } from "./commands/simulate.ts";

const program = new Command("audio-transfer")
  .description("Magic Hour audio to S3: polls a project, copies and verifies every output, deletes it if asked")
  .addCommand(runCommand(), { isDefault: true })
  .addCommand(localCommand())
  .addCommand(simulateCommand())
  .showHelpAfterError("(--help shows the usage)");
for (const command of [program, ...program.commands]) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  // Commander has printed its own message; help and version end with code 0, everything else is bad usage.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
