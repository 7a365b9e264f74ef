import type { TerminalError, TerminalErrorName } from "./errors.ts";

/** Why a transfer fails, as the workflow's `Failed` state reads it. */
export interface Failure {
  /** The literal error name. */
  readonly error: TerminalErrorName;
  /** Shaped like a Lambda error's `Cause`, so that one `Fail` state serves thrown errors and verdicts. */
  readonly detail: { readonly errorMessage: string };
}

/** An error as a failure: for verdicts, which are decided and not thrown. */
export function failureOf({ name, message }: TerminalError): Failure {
  return { error: name, detail: { errorMessage: message } };
}
