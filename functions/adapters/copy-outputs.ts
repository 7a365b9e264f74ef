import { type CopyPace, describeTooSlow, isTooMuch, maySpare } from "../domain/copy-pace.ts";
import { CopyInterrupted, CopyTooSlow, passingErrorNames } from "../domain/errors.ts";
import type { PlannedOutput } from "../domain/output.ts";
import type { Receipt } from "../domain/receipt.ts";
import { boundedCopy } from "./bounded-copy.ts";
import { startCollecting } from "./collected-garbage.ts";
import { createCopyBudget } from "./copy-budget.ts";
import { type CopyMeter, createCopyMeter } from "./copy-meter.ts";
import { type CopyContext, copyOutput, findReceipt } from "./copy-output.ts";
import type { CopyPorts } from "./copy-project.ts";
import { startCopyReport } from "./copy-report.ts";
import { freshUrl } from "./read-project.ts";

/** Milliseconds kept back at the end of a function's time, to abort open uploads and to answer. */
const reserve = 15_000;

/** Outputs on their way at once: small ones spend most of their time waiting for answers. */
const mostAtOnce = 8;

/** Milliseconds from one look at the pace to the next. */
const pacePeriod = 1_000;

/** What outputs are copied with. */
export interface CopyWork {
  /** The project's id. */
  readonly id: string;
  /** Directory that the outputs go to. */
  readonly directory: string;
  /** Receipts that spare reading objects again. */
  readonly known: readonly Receipt[];
  /** The ports. */
  readonly ports: CopyPorts;
  /** Milliseconds this run has left. */
  readonly remaining: () => number;
  /** Ends the run early. Default never. */
  readonly signal?: AbortSignal;
}

/**
 * Copies outputs, several at once within one budget of memory and connections.
 * @returns receipts in the project's order; fewer than outputs when the run's time did not do for all of them
 * @throws {CopyTooSlow} when not even one can be finished within a run, as soon as that is clear
 * @throws as `copyOutput`, after the outputs on their way have come to their end: what they copied is not lost
 */
export async function copyOutputs(outputs: readonly PlannedOutput[], work: CopyWork): Promise<Receipt[]> {
  const run = new CopyingRun(outputs, work);
  return run.copyAll();
}

/** An output on its way. */
interface Underway {
  readonly key: string;
  /** Announced size in bytes, and what came of it. */
  bytes: number;
  meter: CopyMeter | undefined;
  /** Ends it, to be copied by the next run. */
  readonly leave: AbortController;
}

/** Bytes that are still to come, before the copy may have begun again. */
function bytesLeft({ bytes, meter }: Underway): number {
  return Math.max(0, bytes - (meter?.counts.bytes ?? 0));
}

/** Whether another attempt may help. */
function mayPass(error: unknown): boolean {
  return error instanceof Error && passingErrorNames.some((name) => name === error.name);
}

class CopyingRun {
  readonly #outputs: readonly PlannedOutput[];
  readonly #work: CopyWork;
  readonly #receipts: (Receipt | undefined)[] = [];
  readonly #underway = new Set<Underway>();
  readonly #failures: unknown[] = [];
  readonly #collect = startCollecting();
  readonly #meter: CopyMeter = createCopyMeter(undefined, () => this.#collect(this.#meter.counts.bytes));
  readonly #over = new AbortController();
  readonly #signal: AbortSignal;
  readonly #context: Omit<CopyContext, "signal" | "onOpen">;
  #isTaken: (key: string) => boolean | undefined = () => undefined;
  #next = 0;
  #opened: number | undefined;
  #begun = 0;
  /** Receipts that this run has and none had before. */
  #gained = 0;
  #largest = 0;
  #isFull = false;

  constructor(outputs: readonly PlannedOutput[], work: CopyWork) {
    const { id, ports, remaining, signal } = work;
    this.#outputs = outputs;
    this.#work = work;
    this.#signal = AbortSignal.any([
      AbortSignal.timeout(Math.max(0, Math.floor(remaining() - reserve))),
      this.#over.signal,
      ...(signal ? [signal] : []),
    ]);
    const { http, store, maxOutputBytes: maxBytes, magicHour } = boundedCopy(ports, this.#signal);
    const refreshUrl = (output: PlannedOutput) => freshUrl(output, id, magicHour);
    const budget = createCopyBudget(http, this.#signal);
    this.#context = { id, budget, store, maxBytes, refreshUrl, meter: this.#meter };
  }

  async copyAll(): Promise<Receipt[]> {
    const { id, ports } = this.#work;
    const report = startCopyReport(id, this.#meter, ports.log, ports.now);
    const watch = setInterval(() => this.#watchPace(), pacePeriod);
    try {
      this.#isTaken = await this.#context.store.survey(this.#work.directory);
      const lanes = Math.min(mostAtOnce, this.#outputs.length);
      await Promise.all(Array.from({ length: lanes }, () => this.#copyOneAfterAnother()));
    } finally {
      clearInterval(watch);
      report.end();
      this.#context.budget.close();
      this.#over.abort();
    }
    this.#throwFailure();
    return this.#receipts.filter((receipt) => receipt !== undefined);
  }

  /**
   * Throws what failed, the final before the passing. But a run that got something done hands on its receipts, which no error
   * could carry, and leaves what may pass to the next run: that one meets it again, and throws it.
   */
  #throwFailure(): void {
    const final = this.#failures.find((error) => !mayPass(error));
    if (final !== undefined) throw final;
    const [passing] = this.#failures;
    if (passing === undefined) return;
    if (this.#gained === 0) throw passing;
    const { id, ports } = this.#work;
    const { name, message } = passing instanceof Error ? passing : new Error(String(passing));
    ports.log.warn("left to the next run", { id, error: name, reason: message });
  }

  /** One lane: takes the next output that nobody has taken, until there is none, time is short, or something failed. */
  async #copyOneAfterAnother(): Promise<void> {
    while (!this.#isFull && this.#failures.length === 0 && this.#next < this.#outputs.length) {
      const at = this.#next;
      this.#next += 1;
      const output = this.#outputs[at];
      if (!output) return;
      try {
        this.#receipts[at] = (await this.#findReceipt(output)) ?? (await this.#copyIfTime(output));
      } catch (error) {
        this.#failures.push(error);
      }
    }
  }

  async #findReceipt(output: PlannedOutput): Promise<Receipt | undefined> {
    if (this.#isTaken(output.key) === false) return undefined;
    const { known } = this.#work;
    const found = await findReceipt(output, this.#context, known);
    // Reading an object back takes time, too, and the next run is spared it.
    if (found && !known.includes(found)) this.#gained += 1;
    return found;
  }

  /** Undefined when it is left to the next run. */
  async #copyIfTime(output: PlannedOutput): Promise<Receipt | undefined> {
    const { id, ports } = this.#work;
    // One output is copied in each run, whatever the time: else runs could follow each other for ever.
    if (this.#isFull || (this.#begun > 0 && !maySpare(this.#pace(), this.#largest))) {
      this.#isFull = true;
      return undefined;
    }
    this.#begun += 1;
    const began = ports.now();
    const underway: Underway = { key: output.key, bytes: 0, meter: undefined, leave: new AbortController() };
    this.#underway.add(underway);
    try {
      const receipt = await copyOutput(output, {
        ...this.#context,
        signal: AbortSignal.any([this.#signal, underway.leave.signal]),
        onOpen: (bytes, meter) => {
          this.#opened ??= ports.now();
          Object.assign(underway, { bytes, meter });
          this.#largest = Math.max(this.#largest, bytes);
        },
      });
      this.#gained += 1;
      ports.log.info("output copied", {
        id,
        key: receipt.key,
        bytes: receipt.bytes,
        milliseconds: ports.now() - began,
      });
      return receipt;
    } catch (error) {
      if (!this.#isLeft(underway, error)) throw error;
      this.#isFull = true;
      return undefined;
    } finally {
      this.#underway.delete(underway);
    }
  }

  /** Whether what ended an output was the run's time, and the next run goes on with it, because this one got something done. */
  #isLeft({ leave }: Underway, error: unknown): boolean {
    if (leave.signal.reason instanceof CopyTooSlow) throw leave.signal.reason;
    if (leave.signal.aborted) return true;
    return error instanceof CopyInterrupted && this.#signal.aborted && this.#gained > 0;
  }

  /**
   * Leaves what the time will not do for to the next run: the output of which most is left, so that those that are nearly
   * there get there. An output that is alone, in a run that copied nothing else, is given up.
   */
  #watchPace(): void {
    const pace = this.#pace();
    const staying = [...this.#underway].filter(({ leave }) => !leave.signal.aborted);
    const [longest] = staying.filter(({ meter }) => meter).toSorted((a, b) => bytesLeft(b) - bytesLeft(a));
    if (!longest || !isTooMuch(pace)) return;
    this.#isFull = true;
    const isAlone = staying.length === 1 && this.#gained === 0;
    longest.leave.abort(
      isAlone ? new CopyTooSlow(describeTooSlow(longest.key, pace)) : new CopyInterrupted("left to the next run"),
    );
  }

  #pace(): CopyPace {
    const now = this.#work.ports.now();
    const secondsGone = (now - (this.#opened ?? now)) / 1_000;
    const onTheirWay = [...this.#underway]
      .filter(({ leave }) => !leave.signal.aborted)
      .map(({ bytes, meter }) => ({ bytes, received: Math.min(bytes, meter?.counts.bytes ?? 0) }));
    return {
      onTheirWay,
      bytesPerSecond: this.#meter.counts.bytes / Math.max(secondsGone, 0.001),
      secondsGone,
      secondsLeft: Math.max(0, this.#work.remaining() - reserve) / 1_000,
    };
  }
}
