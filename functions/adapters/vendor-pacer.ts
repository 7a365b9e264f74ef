import { randomUUID } from "node:crypto";
import {
  afterAnswer,
  afterHearsay,
  noLimit,
  rateAt,
  type VendorAnswer,
  type VendorPace,
} from "../domain/vendor-pace.ts";
import {
  afterAdmission,
  afterDismissal,
  afterIdling,
  afterIssue,
  afterSending,
  emptyQueue,
  isLate,
  numberHere,
  secondsToTurn,
  type Turn,
  type VendorQueue,
  withNumber,
} from "../domain/vendor-queue.ts";

/** Whether a poll may be sent now, or when it should be asked for again. */
export type PollPass =
  | {
      readonly kind: "go";
      /** Its turn, to be kept if the poll fails: who comes back with it goes first. */
      readonly turn: Turn;
    }
  | {
      readonly kind: "deferred";
      /** Seconds after which to come back: whole, at least 1. */
      readonly seconds: number;
      /** To be shown then. */
      readonly turn: Turn;
    };

/** What a poll says of itself. */
export interface PollRequest {
  /** The turn that it was sent away with, if it was. */
  readonly turn?: Turn | undefined;
  /** Whether the transfer ends with this poll, so that it cannot come back. Default false. */
  readonly isLast?: boolean;
}

/**
 * Keeps all requests to the vendor that pass here within what the vendor was seen to allow. One for each instance of a
 * function, because instances share nothing; in the embedded cloud one for all functions.
 */
export interface VendorPacer {
  /** For a poll: waits up to 2 s for its turn, or sends it away. Up to 5 s where its turn has passed already. */
  poll(request: PollRequest): Promise<PollPass>;
  /**
   * For any other request: goes before polls, because it brings a transfer to its end, and waits up to 10 s.
   * @returns 0 when it may be sent, else the seconds after which it may be asked for again
   */
  enter(): Promise<number>;
  /** Counts a request that is sent without waiting. */
  passBy(): void;
  /** Hears what became of a request. */
  answered(answer: Omit<VendorAnswer, "now">): void;
}

/** What a pacer needs. */
export interface VendorPacerOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** From 0 inclusive to 1 exclusive, for the jitter of those sent away. */
  readonly random: () => number;
}

/**
 * Seconds that a request may wait in here. A poll: its function is paid for meanwhile, but the next ones must be at hand, or
 * slots go unused. With the vendor's 2 × 15 s each stays within the 45 s that `check-status` has, and the 29 s of the API.
 */
const pollPatience = 2;
const latePatience = 5;
const urgentPatience = 10;

/** Longest time that a poll is sent away for, in seconds: a limit that is lifted is not noticed before. */
const longestDeferral = 120;

/**
 * Of the time until its turn a poll is sent away for seven to nine tenths: too late leaves slots unused, too early costs one
 * lap more of a workflow. By chance, so that those sent away together do not come back together.
 */
const leastShareOfWait = 0.7;
const shareOfWaitJitter = 0.2;

/** Milliseconds by which a timer may be late without its slots being lost. */
const catchUp = 250;

interface Waiting {
  readonly until: number;
  readonly isPoll: boolean;
  readonly end: (isSent: boolean) => void;
}

/** A pacer that knows of no limit yet. */
export function createVendorPacer(options: VendorPacerOptions): VendorPacer {
  return new Pacer(options);
}

class Pacer implements VendorPacer {
  readonly #options: VendorPacerOptions;
  readonly #id = randomUUID().slice(0, 8);
  readonly #urgent: Waiting[] = [];
  readonly #polls: Waiting[] = [];
  #pace: VendorPace = noLimit;
  #queue: VendorQueue = emptyQueue;
  /** When the next request may be sent, as the rate then was. */
  #slot = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: VendorPacerOptions) {
    this.#options = options;
  }

  async poll({ turn, isLast = false }: PollRequest): Promise<PollPass> {
    const now = this.#options.now();
    this.#pace = afterHearsay(this.#pace, turn?.limit);
    if (!this.#pace.limit) return { kind: "go", turn: this.#turn(0, 0) };
    this.#passIdleTurns(now);
    const number = this.#numberOf(turn, now);
    const rate = rateAt(this.#pace, now);
    const late = isLate(this.#queue, number);
    const seconds =
      this.#secondsInHere(now, isLast ? 0 : this.#polls.length) + secondsToTurn(this.#queue, number, rate);
    const patience = isLast ? urgentPatience : late ? latePatience : pollPatience;
    if (seconds > patience && !isLast) return this.#deferral(number, seconds);
    this.#queue = afterAdmission(this.#queue, number);
    const isSent = await this.#wait({ isPoll: true, patience, isUrgent: isLast });
    if (isSent || isLast) return { kind: "go", turn: this.#turn(number, 0) };
    this.#queue = afterDismissal(this.#queue);
    return this.#deferral(number, this.#secondsInHere(this.#options.now(), this.#polls.length));
  }

  async enter(): Promise<number> {
    const now = this.#options.now();
    if (!this.#pace.limit) return 0;
    this.#passIdleTurns(now);
    const seconds = this.#secondsInHere(now, 0);
    if (seconds > urgentPatience) return Math.ceil(seconds);
    const isSent = await this.#wait({ isPoll: false, patience: urgentPatience, isUrgent: true });
    return isSent ? 0 : Math.max(1, Math.ceil(this.#secondsInHere(this.#options.now(), 0)));
  }

  passBy(): void {
    const now = this.#options.now();
    if (!this.#pace.limit) return;
    this.#passIdleTurns(now);
    this.#take(now, false);
  }

  answered(answer: Omit<VendorAnswer, "now">): void {
    const now = this.#options.now();
    const { limit } = this.#pace;
    this.#pace = afterAnswer(this.#pace, { ...answer, now });
    // The slot after a cut is as far off as the new rate says.
    if (this.#pace.limit !== limit) this.#slot = Math.max(this.#slot, now + 1_000 / rateAt(this.#pace, now));
    if (answer.isThrottled) this.#serve();
  }

  #numberOf(turn: Turn | undefined, now: number): number {
    if (turn?.queue === this.#id) return turn.number;
    if (!turn) {
      this.#queue = afterIssue(this.#queue);
      return this.#queue.issued;
    }
    const number = numberHere(this.#queue, turn, now, rateAt(this.#pace, now));
    this.#queue = withNumber(this.#queue, number);
    return number;
  }

  /** Seconds until a request could be sent that comes after all urgent ones and so many polls. */
  #secondsInHere(now: number, polls: number): number {
    const start = Math.max(this.#slot, this.#pace.pausedUntil, now);
    return (start - now) / 1_000 + (this.#urgent.length + polls) / rateAt(this.#pace, now);
  }

  #deferral(number: number, seconds: number): PollPass {
    const share = leastShareOfWait + shareOfWaitJitter * this.#options.random();
    const away = Math.max(1, Math.round(Math.min(seconds, longestDeferral) * share));
    return { kind: "deferred", seconds: away, turn: this.#turn(number, seconds) };
  }

  #turn(number: number, seconds: number): Turn {
    const { limit } = this.#pace;
    const at = Math.ceil(this.#options.now() + seconds * 1_000);
    return { queue: this.#id, number, at, ...(limit && { limit }) };
  }

  /** Lets the slots go that nobody was there for, but for the last one: a poll and the copy after it may follow at once. */
  #passIdleTurns(now: number): void {
    const rate = rateAt(this.#pace, now);
    const [start, kept] = [Math.max(this.#slot, this.#pace.pausedUntil), now - 1_000 / rate];
    if (this.#urgent.length > 0 || this.#polls.length > 0 || start >= kept) return;
    this.#queue = afterIdling(this.#queue, ((kept - start) / 1_000) * rate);
    this.#slot = kept;
  }

  #wait({ isPoll, patience, isUrgent }: { isPoll: boolean; patience: number; isUrgent: boolean }): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiting = { isPoll, until: this.#options.now() + patience * 1_000, end: resolve };
    (isUrgent ? this.#urgent : this.#polls).push(waiting);
    this.#serve();
    return promise;
  }

  /** Sends whom there is a slot for, and away whose patience is at its end; comes again when the next of either is due. */
  #serve(): void {
    clearTimeout(this.#timer);
    for (;;) {
      const now = this.#options.now();
      this.#dismiss(now);
      const [next] = this.#urgent.length > 0 ? this.#urgent : this.#polls;
      if (!next) return;
      const due = Math.max(this.#slot, this.#pace.pausedUntil);
      if (due > now) {
        const earliest = Math.min(due, ...[...this.#urgent, ...this.#polls].map(({ until }) => until));
        this.#timer = setTimeout(() => this.#serve(), Math.max(1, earliest - now));
        return;
      }
      (this.#urgent.length > 0 ? this.#urgent : this.#polls).shift();
      this.#take(now, next.isPoll);
      next.end(true);
    }
  }

  #take(now: number, isPoll: boolean): void {
    const interval = 1_000 / rateAt(this.#pace, now);
    this.#slot = Math.max(this.#slot, this.#pace.pausedUntil, now - Math.max(catchUp, interval)) + interval;
    this.#queue = afterSending(this.#queue, isPoll);
  }

  #dismiss(now: number): void {
    for (const line of [this.#urgent, this.#polls]) {
      if (line.every(({ until }) => until > now)) continue;
      const staying = line.filter(({ until }) => until > now);
      const leaving = line.filter(({ until }) => until <= now);
      line.splice(0, line.length, ...staying);
      for (const { end } of leaving) end(false);
    }
  }
}
