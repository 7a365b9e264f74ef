import type { Command } from "commander";
import { environmentNames } from "../../../functions/contract.ts";
import { anyHost, requireAllowed } from "../../../functions/domain/endpoint-policy.ts";
import { parseInput } from "../../../functions/domain/input.ts";
import { parseSigningKeys } from "../../../functions/domain/signature.ts";
import { newSigningSecret } from "../../../lib/local/embedded-cloud.ts";
import type { SimulationOptions } from "../options.ts";

/** What the options of `audio-transfer run` parse to; its help says what each of them is. */
export interface RunOptions extends SimulationOptions {
  readonly id?: string;
  readonly delete: boolean;
  readonly wait: boolean;
  readonly download: boolean;
  readonly directory?: string;
  /** Seconds. */
  readonly deadline?: number;
  readonly notify?: string;
  readonly store: string;
  readonly corruptOneByte: boolean;
  readonly json: boolean;
}

/** The execution's input for a project. */
export function inputOf(id: string, options: RunOptions): Record<string, unknown> {
  return {
    id,
    waitForCompletion: options.wait,
    downloadOutputs: options.download,
    deleteAfterDownload: options.delete,
    ...(options.directory !== undefined && { downloadDirectory: options.directory }),
    ...(options.deadline !== undefined && { deadlineSeconds: options.deadline }),
    ...(options.notify !== undefined && { notify: [options.notify] }),
  };
}

/**
 * Ends with code 2 before anything is started, when the options make an input that the workflow would refuse.
 * @throws {CommanderError} by which commander ends the command
 */
export function refuseBadInput(options: RunOptions, command: Command): void {
  if (options.corruptOneByte && options.id !== undefined) {
    command.error("error: --corrupt-one-byte is for simulated projects, not for --id", { exitCode: 2 });
  }
  try {
    parseSigningKeys(process.env[environmentNames.signingSecret] || newSigningSecret());
    const { notify } = parseInput(inputOf(options.id ?? "simulated", options));
    requireAllowed(notify, { hosts: anyHost, exceptions: new Set(notify.flatMap(namedByOperator)) });
  } catch (error) {
    command.error(`error: ${error instanceof Error ? error.message : String(error)}`, { exitCode: 2 });
  }
}

/**
 * The origins among the guard's exceptions for a URL that the operator named: an http URL on this machine is a simulator
 * or a receiver of theirs; any other stays under the guard. @throws {TypeError} if it is no URL
 */
export function namedByOperator(url: string): string[] {
  const { protocol, hostname, origin } = new URL(url);
  return protocol === "http:" && (hostname === "127.0.0.1" || hostname === "localhost") ? [origin] : [];
}
