#!/usr/bin/env -S node
import { CommanderError } from "commander";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { audioTransferProgram } from "./program.ts";

// Whoever reads the output may have enough of it: `| head`.
process.stdout.on("error", ({ code }: NodeJS.ErrnoException) =>
  process.exit(code === "EPIPE" ? exitCodes.done : exitCodes.failed),
);

try {
  await audioTransferProgram().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  // Commander has printed its own message, and at Ctrl-C the command has said what goes on.
  if (!(error instanceof CommanderError) && process.exitCode !== exitCodes.interrupted) {
    const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
    process.stderr.write(`error: ${name === "Error" ? "" : `${name}: `}${message}\n`);
  }
}
