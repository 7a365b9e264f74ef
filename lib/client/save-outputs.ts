import { type CopyOutcome, type CopyPorts, copyProject } from "../../functions/adapters/copy-project.ts";
import type { TransferInput } from "../../functions/domain/input.ts";
import type { Receipt } from "../../functions/domain/receipt.ts";
import { unlessAborted } from "./interruptible.ts";
import { incompleteOf } from "./outputs-there.ts";
import { type Patience, retryPassing } from "./passing-failures.ts";
import type { ClientPorts } from "./ports.ts";

/**
 * Milliseconds that one run of the copy may take: as long as Node's timers reach, 24 days. Nobody ends this process after
 * 15 minutes, so that runs end for other reasons only.
 */
const longestRun = 2 ** 31 - 1;

/** A copy that is done. */
export type Saved = Extract<CopyOutcome, { more: false }>;

/** What saving needs. */
export interface Saving extends Patience {
  /** The client's ports. */
  readonly ports: ClientPorts;
  /** The copy's. */
  readonly copy: CopyPorts;
  /** Whether the polls found the project gone. */
  readonly isKnownGone: boolean;
}

/**
 * Saves all outputs of a project and writes the manifest, by the runs of `copyProject` that the workflow would make: again
 * while something is left, and after failures that may pass.
 * @throws the signal's reason
 * @throws {OutputsIncomplete} when some are saved and others cannot be; else as `copyProject`
 */
export async function saveOutputs(transfer: TransferInput, saving: Saving): Promise<Saved> {
  const { ports, copy, isKnownGone, signal } = saving;
  let earlier: readonly Receipt[] = [];
  try {
    for (;;) {
      const until = ports.now() + longestRun;
      const run = { remaining: () => until - ports.now(), earlier, isKnownGone, signal };
      // A run that got something done begins the attempts anew.
      const outcome = await retryPassing(() => copyProject(transfer, copy, run), ports, saving);
      if (!outcome.more) return outcome;
      earlier = outcome.receipts;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw (await unlessAborted(signal, () => incompleteOf(error, transfer, copy, earlier))) ?? error;
  }
}
