import { setTimeout } from "node:timers/promises";
import { inspect } from "node:util";
import type { Rule, TargetEvent } from "./rule.ts";

/** Events that a target has at the same time, at most. */
const TOGETHER = 100;

/** Events that wait for that, at most: a target that hangs must not fill the memory. */
const WAITING = 10_000;

/**
 * The deliveries of one rule: at least once and in any order, as those of EventBridge. Nobody who puts an event waits for
 * one or hears of its failure; what no attempt could deliver is lost with a process warning.
 */
export class RuleDeliveries {
  readonly #target: Rule["target"];
  readonly #retryMilliseconds: readonly number[];
  readonly #waiting: TargetEvent[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #closed = new AbortController();

  constructor({ target, retryMilliseconds = [1_000, 2_000] }: Pick<Rule, "target" | "retryMilliseconds">) {
    this.#target = target;
    this.#retryMilliseconds = retryMilliseconds;
  }

  /** Delivers an event, later. Where 10,000 are waiting for the target it is lost, with a process warning. */
  add(event: TargetEvent): void {
    if (this.#closed.signal.aborted) return;
    if (this.#waiting.length >= WAITING) lost(event, `${WAITING} others wait for the target of its rule`);
    else {
      this.#waiting.push(event);
      this.#startWaiting();
    }
  }

  /** Resolves once nothing is under way. What is added meanwhile is waited for, too. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Drops what waits, starts no further attempt and forgets the running ones: a target that hangs holds nobody up. */
  close(): void {
    this.#waiting.length = 0;
    this.#closed.abort();
  }

  #startWaiting(): void {
    while (this.#underWay.size < TOGETHER) {
      const event = this.#waiting.shift();
      if (event === undefined) return;
      const delivery = this.#deliver(event).finally(() => {
        this.#underWay.delete(delivery);
        this.#startWaiting();
      });
      this.#underWay.add(delivery);
    }
  }

  /** Never rejects. */
  async #deliver(event: TargetEvent): Promise<void> {
    let failure: unknown;
    // The first attempt waits, too: for whoever put the event to go on.
    for (const wait of [0, ...this.#retryMilliseconds]) {
      if (!(await this.#passed(wait))) return;
      try {
        await this.#target(structuredClone(event));
        return;
      } catch (error) {
        failure = error;
      }
    }
    if (this.#closed.signal.aborted) return;
    lost(
      event,
      `the target of its rule failed ${this.#retryMilliseconds.length + 1} times, at last with ${failure instanceof Error ? failure : inspect(failure)}`,
    );
  }

  /** Whether so many milliseconds passed before the deliveries were closed. */
  #passed(milliseconds: number): Promise<boolean> {
    return setTimeout(milliseconds, true, { signal: this.#closed.signal }).catch(() => false);
  }
}

function lost({ id, "detail-type": type }: TargetEvent, reason: string): void {
  process.emitWarning(`Event ${id} (${type}) is lost: ${reason}.`);
}
