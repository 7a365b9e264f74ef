import { isRecord, type StateDefinition } from "./definition.ts";
import { StateFailure } from "./state-failure.ts";
import { LONGEST_WAIT_SECONDS, sleep } from "./timers.ts";

/** How waits are shortened, for tests and demonstrations. Without it every wait takes its real time. */
export interface WaitOptions {
  /** Milliseconds for single Wait states, by name: instead of their length and of `shortenWaits`. */
  readonly waitMilliseconds?: Readonly<Record<string, number>>;
  /** Milliseconds for a Wait state that would take so many seconds now. */
  readonly shortenWaits?: (stateName: string, seconds: number) => number;
}

/**
 * Runs one Wait state, as the handler of the Task that stands in for it (see interpreter-definition.ts).
 * @param given The Task's input: the state's own, or `{input, seconds | timestamp}` if a path gives the length.
 * @returns The state's own input.
 * @throws {StateFailure} `States.Runtime` if the length is no whole number of seconds from 0, no RFC 3339 time-stamp,
 * or above 24 days; an AbortError once the signal aborts.
 */
export async function waitAsStated(
  name: string,
  state: StateDefinition,
  given: unknown,
  options: WaitOptions,
  signal: AbortSignal,
): Promise<unknown> {
  const computed = "SecondsPath" in state || "TimestampPath" in state;
  const { input, seconds, timestamp } =
    computed && isRecord(given) ? given : { input: given, seconds: state["Seconds"], timestamp: state["Timestamp"] };
  const length = timestamp === undefined ? wholeSeconds(name, seconds) : secondsUntil(name, timestamp);
  if (length > LONGEST_WAIT_SECONDS) refuse(name, `would wait ${length} s, above ${LONGEST_WAIT_SECONDS} s (24 days)`);
  await sleep(options.waitMilliseconds?.[name] ?? options.shortenWaits?.(name, length) ?? length * 1000, signal);
  return input;
}

function wholeSeconds(name: string, seconds: unknown): number {
  if (typeof seconds === "number" && Number.isInteger(seconds) && seconds >= 0) return seconds;
  return refuse(name, `needs a whole number of seconds from 0, not ${JSON.stringify(seconds)}`);
}

/** A date and a time with an offset, as https://www.rfc-editor.org/rfc/rfc3339#section-5.6 has it. */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function secondsUntil(name: string, timestamp: unknown): number {
  const time = typeof timestamp === "string" && RFC_3339.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(time)) return refuse(name, `needs an RFC 3339 time-stamp, not ${JSON.stringify(timestamp)}`);
  return Math.max(0, (time - Date.now()) / 1000);
}

function refuse(name: string, reason: string): never {
  throw new StateFailure("States.Runtime", `The Wait state '${name}' ${reason}.`, { recoverable: false });
}
