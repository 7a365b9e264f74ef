import { Command, Option } from "commander";
import { environmentNames } from "../../../functions/contract.ts";
import { Transfers } from "../../../lib/client/transfers.ts";
import { exitCodesHelp } from "../../exit-codes.ts";
import { interruption } from "../run/interruption.ts";

/** What every command of a deployed stack takes. */
export interface TransfersCommandOptions {
  /** ARN of the transfer state machine. */
  readonly stateMachine?: string;
  /** ARN of the delivery state machine. */
  readonly deliveryStateMachine?: string;
  /** JSON on stdout, and nothing else. */
  readonly json?: boolean;
  /** As little on stdout as a script needs. */
  readonly quiet?: boolean;
}

/** What is particular about a command. */
export interface TransfersCommandText {
  /** Its name, and its arguments as commander writes them. */
  readonly usage: string;
  /** What it does, in a line. */
  readonly description: string;
  /** What is printed with `--quiet`. */
  readonly quiet: string;
  /** Which state machines it asks. One alone must be named; of two, what needs one that is not there misses it. */
  readonly machines: readonly ("transfer" | "delivery")[];
  /** For its help: command lines, each with what it does. */
  readonly examples: string;
}

/** A command of a deployed stack, with the options that all have. */
export function transfersCommand({ usage, description, quiet, machines, examples }: TransfersCommandText): Command {
  const [name = "", ...args] = usage.split(" ");
  const command = new Command(name).description(description);
  for (const argument of args) command.argument(argument);
  for (const machine of machines) command.addOption(machineOption(machine).makeOptionMandatory(machines.length === 1));
  return command
    .addOption(new Option("--json", "print JSON on stdout, and nothing else").conflicts("quiet"))
    .option("--quiet", quiet)
    .addHelpText("after", `\nExamples:\n${examples}\n${exitCodesHelp}`);
}

function machineOption(machine: "transfer" | "delivery"): Option {
  return machine === "transfer"
    ? new Option("--state-machine <arn>", "the stack's output StateMachineArn").env(
        environmentNames.transferStateMachine,
      )
    : new Option("--delivery-state-machine <arn>", "the stack's output DeliveryStateMachineArn").env(
        environmentNames.deliveryStateMachine,
      );
}

/**
 * Does something with the transfers of the stack that the options name, until Ctrl-C.
 * @param hint what a person reads at Ctrl-C: what goes on all the same
 */
export async function withTransfers(
  { stateMachine, deliveryStateMachine }: TransfersCommandOptions,
  work: (transfers: Transfers, signal: AbortSignal) => Promise<void>,
  hint = "Interrupted.",
): Promise<void> {
  // On a terminal below what stands there: a line of progress, and the ^C itself.
  const line = process.stderr.isTTY ? `\n${hint}\n` : `${hint}\n`;
  using interrupted = interruption(() => process.stderr.write(line));
  await using transfers = new Transfers({
    transferStateMachineArn: stateMachine,
    deliveryStateMachineArn: deliveryStateMachine,
  });
  await work(transfers, interrupted.signal);
}

/** Prints one object: as JSON, as the text that `--quiet` leaves, or as a person reads it. */
export function printOne<Thing extends object>(
  thing: Thing,
  { json, quiet }: TransfersCommandOptions,
  as: { readonly quiet: string; readonly text: () => string },
): void {
  const text = json ? `${JSON.stringify(thing)}\n` : quiet ? as.quiet : as.text();
  process.stdout.write(text);
}

/** Prints objects: a line of JSON or a name each as they come, or at their end as a table. */
export async function printAll<Thing extends { readonly name: string }>(
  things: AsyncIterable<Thing>,
  { json, quiet }: TransfersCommandOptions,
  asTable: (things: readonly Thing[]) => string,
): Promise<void> {
  const rows: Thing[] = [];
  for await (const thing of things) {
    if (json) process.stdout.write(`${JSON.stringify(thing)}\n`);
    else if (quiet) process.stdout.write(`${thing.name}\n`);
    else rows.push(thing);
  }
  if (rows.length > 0) process.stdout.write(asTable(rows));
}
