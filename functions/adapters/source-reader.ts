import { performance } from "node:perf_hooks";
import { type ConnectionGrowth, grow, oneConnection } from "../domain/connection-growth.ts";
import { parseContentRange } from "../domain/content-range.ts";
import { CopyInterrupted } from "../domain/errors.ts";
import { type Segment, segmentFrom } from "../domain/segment.ts";
import type { DigestResult } from "./digest.ts";
import type { HashThread } from "./hash-thread.ts";
import { NetworkFault } from "./network-fault.ts";
import { type Part, PartAssembly } from "./part-assembly.ts";
import type { PartBuffers } from "./part-buffers.ts";
import type { Source, SourceAnswer } from "./source.ts";

/** Resumes in a row that bring no byte, before the copy is given up. */
const mostFruitlessResumes = 3;

/** Resumes in all, before the copy is given up to the workflow, which waits before it tries again. */
const mostResumes = 50;

/** Milliseconds that the first ranged GET has for its headers: meanwhile, nobody else claims a segment. */
const probeTimeout = 3_000;

/** Milliseconds from one look at the speed to the next. */
const samplePeriod = 250;

/** Share of its time that the event loop may be busy before it counts as the slow part of the pipeline. */
const busyShare = 0.7;

/** How a source is read. */
export interface ReadOptions {
  /** Size of each part but the last, in bytes. */
  readonly partBytes: number;
  /** Where buffers come from. */
  readonly buffers: PartBuffers;
  /** Where a source of several parts is hashed. */
  readonly hashing: HashThread;
  /** Ends reading. */
  readonly signal: AbortSignal;
}

/** A source being read. */
export interface SourceReader {
  /**
   * The parts in their order, as they are complete. Ends the connections when it ends, or is left early.
   * @throws {CopyInterrupted} where bytes cannot be had, or not safely be put together
   */
  parts(): AsyncGenerator<Part>;
  /** Size and hashes of all that was read: to be asked once, after the last part. */
  finish(): Promise<DigestResult>;
  /** Connections at work. */
  readonly connections: number;
}

/** Starts to read a source. */
export function readSource(source: Source, options: ReadOptions): SourceReader {
  return new Reader(source, options);
}

/** One connection's share of the work. */
interface Worker {
  /** What it reads from; the next byte of it belongs at `position`. */
  answer?: SourceAnswer | undefined;
  position: number;
  /** Whether its first request is to show that the origin answers ranges as it must. */
  readonly isProbe: boolean;
  /** Resumes in a row that brought nothing. */
  fruitless: number;
  /** Whether it waits for the head of an answer. */
  isAsking?: boolean;
}

/**
 * Workers claim segments in order and fill them, each over its own connection. The first worker reads the answer to the GET of the whole for as long as it is alone. A further one
 * comes when measuring says that connections are the slow part, and only after a ranged GET was answered as it must be.
 */
class Reader implements SourceReader {
  readonly #source: Source;
  readonly #options: ReadOptions;
  readonly #assembly: PartAssembly;
  readonly #givenBack: Segment[] = [];
  readonly #workers = new Set<Worker>();
  /** Those of them that gave a segment back and are about to end. */
  readonly #leaving = new Set<Worker>();
  readonly #over = new AbortController();
  #claimed = 0;
  #claiming: Promise<unknown> = Promise.resolve();
  /** Ends a claim's wait for a buffer: a segment that was given back has one. */
  #waitingClaim = new AbortController();
  #growth: ConnectionGrowth = oneConnection;
  #hasRanges = false;
  #resumes = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(source: Source, options: ReadOptions) {
    this.#source = source;
    this.#options = options;
    const { partBytes, buffers, hashing } = options;
    const onFailure = (error: Error) => this.#fail(new CopyInterrupted(`${source.options.label}: ${error.message}`));
    this.#assembly = new PartAssembly({ bytes: source.bytes, partBytes, buffers, hashing, onFailure });
  }

  get connections(): number {
    return this.#workers.size;
  }

  finish(): Promise<DigestResult> {
    return this.#assembly.finish();
  }

  async *parts(): AsyncGenerator<Part> {
    const { bytes, options } = this.#source;
    const { signal } = this.#options;
    const onAbort = () => this.#fail(new CopyInterrupted(`${options.label}: the function's time is up`));
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    options.connections.reserve(true);
    void this.#work({ answer: this.#source.takeFirst(), position: 0, isProbe: false, fruitless: 0 });
    const sampling = this.#startSampling();
    try {
      for (let passed = 0; passed < bytes; ) {
        const part = await this.#nextPart();
        passed += part.bytes.length;
        yield part;
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      clearInterval(sampling);
      this.#end();
    }
  }

  async #nextPart(): Promise<Part> {
    for (;;) {
      if (this.#failure) throw this.#failure.error;
      const part = this.#assembly.next();
      if (part) return part;
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }

  /** Closes what is at work, and only then gives its buffers back. */
  #end(): void {
    this.#over.abort();
    for (const { answer } of this.#workers) if (answer && answer.connection.left > 0) answer.connection.close();
    this.#assembly.end();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake?.();
  }

  async #work(worker: Worker): Promise<void> {
    this.#workers.add(worker);
    try {
      while (!this.#isSpare(worker)) {
        const segment = await this.#claim(worker);
        if (!segment || !(await this.#fill(worker, segment))) break;
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#leave(worker);
      this.#leaving.delete(worker);
      this.#workers.delete(worker);
      this.#source.options.connections.unreserve();
    }
  }

  /** Whether others are enough: those that wait for an answer do not count, because it may never come. */
  #isSpare(worker: Worker): boolean {
    const others = [...this.#workers].filter(
      (other) => other !== worker && !other.isAsking && !this.#leaving.has(other),
    );
    return others.length >= this.#growth.wanted;
  }

  /** Gives the worker's connection back, which closes it unless its answer was read to the end. */
  #leave(worker: Worker): void {
    if (worker.answer) this.#source.options.connections.give(worker.answer.connection);
    worker.answer = undefined;
  }

  /** The next segment, with a buffer for it; undefined when there is none. One worker at a time. */
  #claim(worker: Worker): Promise<Segment | undefined> {
    const claimed = this.#claiming.then(() => this.#claimNow(worker));
    this.#claiming = claimed.catch(() => undefined);
    return claimed;
  }

  async #claimNow(worker: Worker): Promise<Segment | undefined> {
    const { bytes } = this.#source;
    const { partBytes } = this.#options;
    let segment: Segment;
    do {
      const givenBack = this.#givenBack.sort((a, b) => a.first - b.first).shift();
      if (givenBack) return givenBack;
      if (this.#claimed === bytes || this.#over.signal.aborted) return undefined;
      segment = segmentFrom(this.#claimed, bytes, partBytes);
    } while (!(await this.#openPart(segment.first)));
    if (worker.isProbe && !this.#hasRanges && !(await this.#probe(worker, segment))) return undefined;
    if (this.#over.signal.aborted) return undefined;
    this.#claimed = segment.end;
    this.#assembly.add(segment);
    return segment;
  }

  /** @returns false when the wait for its buffer was ended: by a segment that was given back, or with all */
  async #openPart(at: number): Promise<boolean> {
    this.#waitingClaim = new AbortController();
    const isOpen = await this.#assembly.openFor(at, AbortSignal.any([this.#over.signal, this.#waitingClaim.signal]));
    // One that was given just when all ended is given back with the others.
    if (this.#over.signal.aborted) this.#assembly.end();
    return isOpen && !this.#over.signal.aborted;
  }

  /** Whether a ranged GET of the segment is answered as it must be. If not, one connection goes on as if nothing had been. */
  async #probe(worker: Worker, segment: Segment): Promise<boolean> {
    try {
      await this.#ask(worker, segment.first, segment.end, undefined, probeTimeout);
      this.#hasRanges = true;
      return true;
    } catch {
      this.#growth = { wanted: 1, phase: "settled" };
      return false;
    }
  }

  /** Reads the segment to its end. @returns false when it was given back, to be read by another worker */
  async #fill(worker: Worker, segment: Segment): Promise<boolean> {
    const { bodyTimeout = 30_000 } = this.#source.options;
    let where: string | undefined;
    while (segment.first + segment.filled < segment.end) {
      if (this.#over.signal.aborted) return false;
      const at = segment.first + segment.filled;
      try {
        if (!worker.answer || worker.position !== at) {
          this.#leave(worker);
          await this.#ask(worker, at, this.#workers.size > 1 ? segment.end : undefined, where);
        }
      } catch (error) {
        if (!this.#giveBack(error, worker, segment)) throw error;
        return false;
      }
      if (this.#over.signal.aborted) return false;
      const into = this.#assembly.restOf(segment);
      if (!into) return false;
      try {
        await worker.answer?.connection.read(into, (bytes) => this.#take(worker, segment, bytes), bodyTimeout);
      } catch (error) {
        if (!(error instanceof NetworkFault)) throw error;
        if (this.#over.signal.aborted) return false;
        where = this.#breakOff(worker, segment.first + segment.filled, error.code);
      }
      if (worker.answer?.connection.left === 0) this.#leave(worker);
    }
    return true;
  }

  /** A worker that is not answered leaves its segment to the others, if there are any. */
  #giveBack(error: unknown, worker: Worker, segment: Segment): boolean {
    const others = this.#workers.size - this.#leaving.size - 1;
    if (!(error instanceof CopyInterrupted) || error instanceof OtherVersion || others === 0) return false;
    this.#leaving.add(worker);
    this.#givenBack.push(segment);
    this.#growth = { wanted: others, phase: "settled" };
    this.#waitingClaim.abort();
    return true;
  }

  #take(worker: Worker, segment: Segment, bytes: number): void {
    segment.filled += bytes;
    worker.position += bytes;
    worker.fruitless = -1;
    if (!this.#assembly.advance()) {
      const { label } = this.#source.options;
      this.#fail(new CopyInterrupted(`${label}: its first bytes are those of a text or an archive, not of audio`));
    }
    if (this.#assembly.hasNext) this.#wake?.();
    this.#source.options.meter.received(bytes);
  }

  /** @returns how to begin the next error's message @throws {CopyInterrupted} when the download cannot be resumed */
  #breakOff(worker: Worker, at: number, code: string): string {
    const { bytes, etag, options } = this.#source;
    this.#leave(worker);
    const where = `${options.label}: broke off at byte ${at} of ${bytes} (${code})`;
    worker.fruitless += 1;
    if (etag === undefined) throw new CopyInterrupted(`${where}: without a strong ETag it starts over`);
    if (this.#resumes === mostResumes) throw new CopyInterrupted(`${where}, after ${this.#resumes} resumes`);
    if (worker.fruitless > mostFruitlessResumes) {
      throw new CopyInterrupted(`${where}, ${worker.fruitless} times in a row`);
    }
    this.#resumes += 1;
    options.meter.resumed();
    return where;
  }

  /**
   * Asks for the rest, or for a stretch of it, of the same version: only that may be put together with what is there;
   * anything else would stitch two versions together.
   * @param end the byte after the last one; undefined for all that is left
   * @param where how an error's message begins. Default: at which byte
   */
  async #ask(worker: Worker, at: number, end?: number, where?: string, headersTimeout?: number): Promise<void> {
    const { bytes, etag = "", fetch, options } = this.#source;
    const last = (end ?? bytes) - 1;
    worker.isAsking = true;
    const wanted = { range: `bytes=${at}-${end === undefined ? "" : last}`, "if-match": etag };
    const asked = fetch(wanted, { headersTimeout, signal: this.#over.signal });
    const answer = await asked.finally(() => {
      worker.isAsking = false;
    });
    const { status, headers } = answer.head;
    const range = parseContentRange(headers.get("content-range"));
    const isAsked = range?.first === at && range.last === last && range.total === bytes;
    const isWhole = answer.connection.left === last - at + 1;
    const isSame = headers.get("etag") === etag && (headers.get("content-encoding") ?? "identity") === "identity";
    if (status === 206 && isAsked && isWhole && isSame && !this.#over.signal.aborted) {
      worker.answer = answer;
      worker.position = at;
      return;
    }
    options.connections.give(answer.connection);
    const beginning = where ?? `${options.label}: at byte ${at} of ${bytes}`;
    const got = status === 206 && !isAsked ? "206 with another Content-Range" : String(status);
    throw new OtherVersion(
      `${beginning}; asked for the rest of the same version, the answer was ${got}: it starts over`,
    );
  }

  /** Looks at the speed from time to time, and starts workers when more connections are wanted. */
  #startSampling(): NodeJS.Timeout {
    const { buffers } = this.#options;
    const { counts } = this.#source.options.meter;
    let [bytes, waits, at] = [counts.bytes, buffers.waits, performance.now()];
    let used = performance.eventLoopUtilization();
    return setInterval(() => {
      const now = performance.now();
      const { utilization } = performance.eventLoopUtilization(used);
      const isBusy = utilization > busyShare || buffers.waits > waits || buffers.waiting > 0;
      this.#growth = grow(this.#growth, { bytes: counts.bytes - bytes, seconds: (now - at) / 1_000, isBusy });
      [bytes, waits, at, used] = [counts.bytes, buffers.waits, now, performance.eventLoopUtilization()];
      this.#addWorkers();
    }, samplePeriod);
  }

  #addWorkers(): void {
    const { bytes, etag, options } = this.#source;
    // The first of them shows whether the origin serves ranges; the rest follow when it did.
    const most = this.#hasRanges ? this.#growth.wanted : Math.min(2, this.#growth.wanted);
    while (etag !== undefined && this.#workers.size < most && this.#claimed < bytes && options.connections.reserve()) {
      void this.#work({ position: 0, isProbe: !this.#hasRanges, fruitless: 0 });
    }
  }
}

/** The origin answered a request for a range with something else: what is there must not be continued. */
class OtherVersion extends CopyInterrupted {}
