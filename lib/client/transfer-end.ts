import {
  DeadlineExceeded,
  TransferFailed,
  terminalErrorNames,
  WorkflowsUnavailable,
} from "../../functions/domain/errors.ts";
import { secondsToNextPoll } from "../../functions/domain/poll-schedule.ts";
import { pause } from "./interruptible.ts";
import { terminalErrorOf } from "./terminal-errors.ts";
import type { Transfer } from "./transfer.ts";
import { TransferStopped } from "./transfer-errors.ts";

/** How long it is waited, and who hears of it. */
export interface Waiting {
  /** Seconds until it is waited no longer. Default for ever. */
  readonly deadlineSeconds: number | undefined;
  /** Ends the waiting with its reason. */
  readonly signal: AbortSignal | undefined;
  /** Hears of every look that found the transfer running. */
  readonly onUpdate: ((transfer: Transfer, waitSeconds: number) => void) | undefined;
}

/** Seconds until the second look: somebody waits, and a look costs next to nothing. */
const shortestWait = 1;

/**
 * Longest wait between two looks, in seconds. The poll schedule comes to 30 s after 207 s of waiting and stays there for half an
 * hour; it would be 60 s after 2,000 s, and then hours.
 */
const longestWait = 60;

/**
 * Looks in a row that Step Functions may leave unanswered, each of which was tried three times. With their backoff, on average
 * half of 3 × 2^n s or of a minute, some three minutes in all.
 */
const mostFailures = 7;

/** A signal that does not fire. */
const never = AbortSignal.any([]);

/**
 * Looks at a transfer, by the poll schedule, until it is over.
 * @throws what it failed with: the domain's error of that name; {TransferStopped} when somebody stopped it
 * @throws {DeadlineExceeded} when it still runs at the deadline, and goes on
 */
export async function transferEnd(look: () => Promise<Transfer>, waiting: Waiting): Promise<Transfer> {
  const startedAt = Date.now();
  const deadlineAt = startedAt + (waiting.deadlineSeconds ?? Number.POSITIVE_INFINITY) * 1_000;
  // The first look is not repeated: what fails from the start is mostly the caller's to put right.
  let transfer = await look();
  let failures = 0;
  while (transfer.status === "RUNNING") {
    const now = Date.now();
    if (now >= deadlineAt) throw stillRunning(transfer, waiting);
    const moment = { now, startedAt, deadlineAt, failures, shortestInterval: shortestWait, random: Math.random() };
    const waitSeconds = Math.min(longestWait, secondsToNextPoll(moment));
    waiting.onUpdate?.(transfer, waitSeconds);
    await pause(waitSeconds, waiting.signal ?? never);
    try {
      transfer = await look();
      failures = 0;
    } catch (error) {
      failures += 1;
      if (!(error instanceof WorkflowsUnavailable) || failures > mostFailures) throw error;
    }
  }
  return requireSuccess(transfer);
}

function stillRunning({ name }: Transfer, { deadlineSeconds }: Waiting): DeadlineExceeded {
  return new DeadlineExceeded(`the transfer ${name} still runs after ${deadlineSeconds} s of waiting, and goes on`);
}

function requireSuccess(transfer: Transfer): Transfer {
  const { name, status, error } = transfer;
  if (status === "SUCCEEDED") return transfer;
  const why = error?.message ? `: ${error.message}` : "";
  if (status === "ABORTED") throw new TransferStopped(`the transfer ${name} was stopped${why}`);
  const named = terminalErrorNames.find((known) => known === error?.name);
  if (named) throw terminalErrorOf({ error: named, detail: { errorMessage: error?.message ?? "" } });
  // Step Functions' own ends: a quota, a state machine that was changed by hand.
  throw new TransferFailed(`the transfer ${name} ended ${status}: ${error?.name ?? "no error"}${why}`);
}
