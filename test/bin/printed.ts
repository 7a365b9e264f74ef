/** Commands run in this process, against a simulator that the environment names. */
import type { Command } from "commander";
import { afterAll, vi } from "vitest";
import { environmentNames } from "../../functions/contract.ts";
import { type MagicHourSimulator, startMagicHourSimulator } from "../../lib/local/simulator/magic-hour-simulator.ts";

/** Starts a simulator for all tests of a file, and names it in the environment. */
export async function startCommandVendor(): Promise<MagicHourSimulator> {
  const simulator = await startMagicHourSimulator();
  vi.stubEnv(environmentNames.apiKey, simulator.apiKey);
  vi.stubEnv(environmentNames.baseUrl, simulator.url);
  vi.stubEnv(environmentNames.guardExceptions, simulator.url);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await simulator.close();
  });
  return simulator;
}

/** What a command prints; what it fails with is thrown. */
export async function printed(command: Command, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const stdout = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const silent = { writeOut: () => undefined, writeErr: () => undefined };
  try {
    await command.exitOverride().configureOutput(silent).parseAsync(args, { from: "user" });
    return { stdout: stdout.mock.calls.flat().join(""), stderr: stderr.mock.calls.flat().join("") };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}
