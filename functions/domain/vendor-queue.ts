import type { VendorLimit } from "./vendor-pace.ts";

/**
 * Who may poll next while the vendor limits the account: a queue that nobody stands in. A poll that cannot be sent within a
 * few seconds gets a number and is sent away; its transfer waits in the workflow, where waiting costs nothing, and comes back
 * at about its turn. The queue counts the turns that have passed, so that whoever comes back is served in the order of the
 * numbers, whatever became of the rate meanwhile. Pure: every function gives the next state.
 */
export interface VendorQueue {
  /** The last number that was given. */
  readonly issued: number;
  /** Turns that have passed; at most `issued`. Whoever has this number or a lower one is late, and goes first. */
  readonly passed: number;
  /** Of those, turns that passed while nobody was there: their holders do not count again when they come. */
  readonly missed: number;
  /** Share of the rate that polls got of late, from 0 to 1: copies and deletions go before them. */
  readonly share: number;
}

/** A place in the queue, as it travels through workflow state. Holds no secret. */
export interface Turn {
  /** Which queue: each instance of a function has its own. */
  readonly queue: string;
  /** The place, from 1. */
  readonly number: number;
  /** When it was expected to come, in milliseconds since the epoch: what counts in another queue. */
  readonly at: number;
  /** The limit that the instance knew of. */
  readonly limit?: VendorLimit;
}

/** Nobody in the queue. */
export const emptyQueue: VendorQueue = { issued: 0, passed: 0, missed: 0, share: 1 };

/** Polls that the share is smoothed over. */
const shareOver = 50;

/** Least share that is reckoned with: a guess at a wait, and no more. */
const leastShare = 0.2;

/** The queue after a number was given: it is `issued` of the result. */
export function afterIssue(queue: VendorQueue): VendorQueue {
  return { ...queue, issued: queue.issued + 1 };
}

/** The number that a turn of another queue has here: late if its time has come, else as many places off as its time is. */
export function numberHere({ passed, share }: VendorQueue, turn: Turn, now: number, rate: number): number {
  const places = ((turn.at - now) / 1_000) * rate * Math.max(share, leastShare);
  return turn.at <= now ? passed : passed + 1 + Math.floor(places);
}

/** The queue with a number that came from elsewhere: turns must get as far as that. */
export function withNumber(queue: VendorQueue, number: number): VendorQueue {
  return { ...queue, issued: Math.max(queue.issued, number) };
}

/** Whether the turn of a number has passed. */
export function isLate({ passed }: VendorQueue, number: number): boolean {
  return number <= passed;
}

/** Seconds until the turn of a number, at this rate of all requests. */
export function secondsToTurn({ passed, share }: VendorQueue, number: number, rate: number): number {
  return Math.max(0, number - passed - 1) / (rate * Math.max(share, leastShare));
}

/** The queue after a poll was let in. */
export function afterAdmission(queue: VendorQueue, number: number): VendorQueue {
  const { issued, passed, missed } = queue;
  if (isLate(queue, number) && missed >= 1) return { ...queue, missed: missed - 1 };
  return { ...queue, passed: Math.min(issued, passed + 1) };
}

/** The queue after a poll that was let in went away all the same: its turn has passed, and it does not count again. */
export function afterDismissal(queue: VendorQueue): VendorQueue {
  return { ...queue, missed: queue.missed + 1 };
}

/** The queue after requests could have been sent and nobody was there: so many turns have passed. */
export function afterIdling(queue: VendorQueue, requests: number): VendorQueue {
  const { issued, passed, missed, share } = queue;
  const turns = Math.min(issued - passed, requests * Math.max(share, leastShare));
  return { ...queue, passed: passed + turns, missed: missed + turns };
}

/** The queue after a request was sent. */
export function afterSending(queue: VendorQueue, isPoll: boolean): VendorQueue {
  return { ...queue, share: queue.share + ((isPoll ? 1 : 0) - queue.share) / shareOver };
}
