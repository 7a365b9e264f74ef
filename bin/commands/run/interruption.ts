import { constants } from "node:os";

/** Exit code of a run that Ctrl-C ended, as shells count it: 128 + 2, the number of SIGINT. */
export const interruptedExitCode = 128 + constants.signals.SIGINT;

/**
 * How long a further SIGINT still is the same Ctrl-C, in milliseconds. Under `npm start` one arrives twice at once: from
 * the terminal, and passed on by npm (`@npmcli/run-script` 10, signal-manager.js). No person is that fast.
 */
const oneKeyPress = 200;

/** Ctrl-C, from now until it is disposed. */
export interface Interruption extends Disposable {
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Listens to Ctrl-C (SIGINT). A second one ends the process at once, with the exit code that was set, else 130.
 * @param onFirst called at the first one
 */
export function interruption(onFirst: () => void): Interruption {
  const interrupted = new AbortController();
  let endsItAfter = Number.POSITIVE_INFINITY;
  const hear = () => {
    const now = performance.now();
    if (now > endsItAfter) process.exit(process.exitCode ?? interruptedExitCode);
    if (interrupted.signal.aborted) return;
    endsItAfter = now + oneKeyPress;
    interrupted.abort();
    onFirst();
  };
  process.on("SIGINT", hear);
  return { signal: interrupted.signal, [Symbol.dispose]: () => process.off("SIGINT", hear) };
}
