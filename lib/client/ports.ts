import type { GuardedHttp } from "../../functions/adapters/guarded-http.ts";
import type { Log } from "../../functions/adapters/log.ts";
import type { MagicHour } from "../../functions/adapters/magic-hour.ts";
import type { OutputStore } from "../../functions/adapters/output-store.ts";

/** What a client works with: the adapters that the functions work with, too, and a clock. */
export interface ClientPorts {
  /** The vendor's API. */
  readonly magicHour: MagicHour;
  /** The way to the download hosts. */
  readonly http: GuardedHttp;
  /** The store of a bucket; it is loaded when it is first asked for. */
  readonly bucket: (name: string) => Promise<OutputStore>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** From 0 inclusive to 1 exclusive. */
  readonly random: () => number;
  /** Waits for some seconds, at most 86,400. Throws the signal's reason once it fires. */
  readonly wait: (seconds: number, signal: AbortSignal) => Promise<void>;
  /** Shortest interval between two polls, in seconds; undefined is the schedule's own. */
  readonly shortestInterval: number | undefined;
  /** Largest output that is saved, in bytes. */
  readonly maxOutputBytes: number;
}

/** Nobody reads log lines in somebody else's process: results, errors and `onUpdate` say what there is to say. */
export const noLog: Log = { info: () => undefined, warn: () => undefined };
