import type { TerminalError, TerminalErrorName } from "./errors.ts";

/** Why an execution fails, as the workflow's `Fail` state reads it. */
export interface Failure<Name extends string = TerminalErrorName> {
  /** The literal error name. */
  readonly error: Name;
  /**
   * Whether the reason may pass: attempts that were used up while something was unavailable, a step that crashed. Default
   * false: by its name an error is known to be final or not.
   */
  readonly mayPass?: boolean;
  /** Shaped like a Lambda error's `Cause`, so that one `Fail` state serves thrown errors and verdicts. */
  readonly detail: { readonly errorMessage: string };
}

/** An error as a failure: for verdicts, which are decided and not thrown. */
export function failureOf({ name, message }: TerminalError): Failure {
  return { error: name, detail: { errorMessage: message } };
}
