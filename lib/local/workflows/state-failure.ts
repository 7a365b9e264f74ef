/** What a state's failure may still lead to. */
export interface FailureHandling {
  /** False for an error that neither `Retry` nor `Catch` may match, not even with `States.ALL`; true by default. */
  readonly recoverable?: boolean;
}

/**
 * The failure of one state, as the interpreter takes it: `name` becomes the error's `Error`, `message` its `Cause`.
 * The one error class whose name is not a literal, because the name is data: Retry and Catch match on it.
 */
export class StateFailure extends Error {
  /** Read by the interpreter before it matches Retry. */
  readonly isRetryable: boolean;
  /** Read by the interpreter before it matches Catch. */
  readonly isCatchable: boolean;

  constructor(error: string, cause: string, handling: FailureHandling = {}) {
    super(cause);
    this.name = error;
    this.isRetryable = this.isCatchable = handling.recoverable ?? true;
  }
}

/**
 * The most a state's input, output or task result may hold: 256 KiB = 262,144 bytes of UTF-8 JSON.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const PAYLOAD_BYTES = 262_144;

/**
 * The failure of a payload above {@link PAYLOAD_BYTES}. AWS calls it terminal: States.ALL does not catch it.
 * @param what The payload's place, as the subject of a sentence.
 */
export function dataLimitExceeded(what: string): StateFailure {
  const cause = `${what} has a size exceeding the maximum number of bytes service limit (${PAYLOAD_BYTES}).`;
  return new StateFailure("States.DataLimitExceeded", cause, { recoverable: false });
}
