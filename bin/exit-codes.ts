import { CommanderError } from "commander";
import { interruptedExitCode } from "./commands/run/interruption.ts";

/** Exit codes of the command line. They are a promise to scripts: docs/cli.md has them, and none changes its meaning. */
export const exitCodes = {
  /** What was asked for is done. */
  done: 0,
  /** It failed for a reason that none of the others names. */
  failed: 1,
  /** The command line, the environment or a transfer's input is not usable. */
  usage: 2,
  /** The project failed at the vendor. */
  projectFailed: 3,
  /** The project was canceled at the vendor, or somebody stopped the transfer. */
  canceled: 4,
  /** There is no such project, transfer or delivery, or no longer. */
  gone: 5,
  /** The deadline passed. */
  deadline: 6,
  /** The network, the vendor, S3 or Step Functions was not to be had: it may be later. */
  unavailable: 7,
  /** The vendor refused the key or the account, or AWS the credentials. */
  unauthorized: 8,
  /** Not all outputs are saved, or what was asked for was refused because of what is there already. */
  refused: 9,
  /** Ctrl-C: 128 and the number of the signal, as shells count it. */
  interrupted: interruptedExitCode,
} as const;

/** One of the numbers of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** For the help of every command. */
export const exitCodesHelp = `
Exit codes: 0 done, 1 failed, 2 bad usage, 3 the project failed, 4 canceled or stopped, 5 not there or gone, 6 deadline,
7 network, vendor or AWS unavailable, 8 not authorized, 9 not all outputs saved, or refused, ${interruptedExitCode} interrupted`;

/** By the literal names of the errors, which are the same in every bundle. */
const byName: Readonly<Record<string, ExitCode>> = {
  InvalidInput: exitCodes.usage,
  ProjectFailed: exitCodes.projectFailed,
  ProjectCanceled: exitCodes.canceled,
  TransferStopped: exitCodes.canceled,
  ProjectGone: exitCodes.gone,
  NotFound: exitCodes.gone,
  DeadlineExceeded: exitCodes.deadline,
  VendorUnavailable: exitCodes.unavailable,
  StoreUnavailable: exitCodes.unavailable,
  WorkflowsUnavailable: exitCodes.unavailable,
  CopyInterrupted: exitCodes.unavailable,
  CopyTooSlow: exitCodes.unavailable,
  NetworkFault: exitCodes.unavailable,
  Unauthorized: exitCodes.unauthorized,
  AwsAccessDenied: exitCodes.unauthorized,
  OutputsIncomplete: exitCodes.refused,
  TransferFailed: exitCodes.refused,
  AddressRefused: exitCodes.refused,
  Conflict: exitCodes.refused,
  RedeliveryRefused: exitCodes.refused,
  // What an aborted signal rejects with: nothing but Ctrl-C aborts one here.
  AbortError: exitCodes.interrupted,
};

/**
 * The exit code for what a command ended with. Commander prints its own message; help and version end with 0.
 * @param error anything that was thrown
 */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    const known = Object.values(exitCodes).find((code) => code === error.exitCode && code !== exitCodes.failed);
    return known ?? exitCodes.usage;
  }
  const name = error instanceof Error ? error.name : "";
  return Object.hasOwn(byName, name) ? (byName[name] ?? exitCodes.failed) : exitCodes.failed;
}
