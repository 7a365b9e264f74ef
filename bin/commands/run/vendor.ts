import type { Command } from "commander";
import { environmentNames, vendorBaseUrl } from "../../../functions/contract.ts";
import type { TransferRun } from "../../../lib/local/run-transfer.ts";
import { startMagicHourSimulator } from "../../../lib/local/simulator/magic-hour-simulator.ts";
import { planOf } from "../options.ts";
import { namedByOperator, type RunOptions } from "./run-options.ts";

/** Where the project is. */
export interface Vendor extends Required<Pick<TransferRun, "vendor" | "guardExceptions">> {
  /** The project to transfer; with a simulator it is created by this call. */
  readonly projectId: () => string;
  readonly close: () => Promise<void>;
}

/**
 * The real vendor if a project id is given, else a simulator.
 * @throws {CommanderError} of code 2 when the environment does not name the vendor
 */
export async function openVendor(options: RunOptions, command: Command): Promise<Vendor> {
  const { id } = options;
  if (id !== undefined) {
    const vendor = realVendor(command);
    const guardExceptions = namedByOperator(vendor.baseUrl);
    return { vendor, guardExceptions, projectId: () => id, close: async () => undefined };
  }
  const simulator = await startMagicHourSimulator();
  return {
    vendor: { baseUrl: simulator.url, apiKey: simulator.apiKey },
    guardExceptions: [simulator.url],
    projectId: () => simulator.createProject(planOf(options)),
    close: () => simulator.close(),
  };
}

function realVendor(command: Command): Vendor["vendor"] {
  const apiKey = process.env[environmentNames.apiKey];
  const baseUrl = process.env[environmentNames.baseUrl] || vendorBaseUrl;
  if (!URL.canParse(baseUrl)) command.error(`error: ${environmentNames.baseUrl} is not a URL`, { exitCode: 2 });
  if (apiKey) return { apiKey, baseUrl };
  return command.error(`error: --id needs the environment variable ${environmentNames.apiKey}`, { exitCode: 2 });
}
