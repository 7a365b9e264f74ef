/**
 * The error family. Step Functions matches `Retry` and `Catch` on an error's name and minifiers mangle class names,
 * so every class carries its name as a literal. No message may hold a key, a signing secret or a URL's query.
 */

/** The execution's input is not usable: the message names the field and the bound. Terminal. */
export class InvalidInput extends Error {
  override readonly name = "InvalidInput";
}

/** The vendor reports status `error`: the message carries its code and message. Terminal. */
export class ProjectFailed extends Error {
  override readonly name = "ProjectFailed";
}

/** The vendor reports status `canceled`. Terminal. */
export class ProjectCanceled extends Error {
  override readonly name = "ProjectCanceled";
}

/** The project is deleted or was never there, and no manifest stands for it. Terminal. */
export class ProjectGone extends Error {
  override readonly name = "ProjectGone";
}

/** The project was still pending at the deadline; the remote job may still finish. Terminal. */
export class DeadlineExceeded extends Error {
  override readonly name = "DeadlineExceeded";
}

/** The vendor refused our key or account: 401, 402 or 403. Terminal: repeating it cannot help. */
export class Unauthorized extends Error {
  override readonly name = "Unauthorized";
}

/** The transfer cannot be finished: a refused source, a conflict in the store, a refused deletion. Terminal. */
export class TransferFailed extends Error {
  override readonly name = "TransferFailed";
}

/** The vendor cannot be reached or answers 429, 5xx or nonsense. Passing: the workflow repeats it. */
export class VendorUnavailable extends Error {
  override readonly name = "VendorUnavailable";
}

/** S3 cannot be reached, throttles or fails on its side. Passing: the workflow repeats it. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}

/** A copy broke off and could not be resumed. Passing: the workflow repeats what is not verified in S3. */
export class CopyInterrupted extends Error {
  override readonly name = "CopyInterrupted";
}

/**
 * An output cannot be copied within the time of one function, found out early: the message has the figures. Not repeated at
 * once, because it would be as slow; the cleanup looks at the project again on the days after.
 */
export class CopyTooSlow extends Error {
  override readonly name = "CopyTooSlow";
}

/** Step Functions cannot be reached, throttles or fails. Passing: whoever asked repeats it. */
export class WorkflowsUnavailable extends Error {
  override readonly name = "WorkflowsUnavailable";
  /** What AWS, its SDK or Node called the reason, such as `ThrottlingException` or `ECONNREFUSED`; undefined for our own. */
  readonly fault: string | undefined;

  constructor(message: string, fault?: string) {
    super(message);
    this.fault = fault;
  }
}

/** A signing secret is not usable: the message names the bound. The attempt is not made; the schedule goes on. */
export class InvalidSigningSecret extends Error {
  override readonly name = "InvalidSigningSecret";
}

/** The guarded HTTP adapter refused a URL or an address before any byte was sent. Terminal. */
export class AddressRefused extends Error {
  override readonly name = "AddressRefused";
}

/**
 * Names with which a transfer ends FAILED, each with a cause that a person can act on.
 * The workflow catches exactly these and passes them on under their own name.
 */
export const terminalErrorNames = [
  "InvalidInput",
  "ProjectFailed",
  "ProjectCanceled",
  "ProjectGone",
  "DeadlineExceeded",
  "Unauthorized",
  "TransferFailed",
] as const;

/** One of {@link terminalErrorNames}. */
export type TerminalErrorName = (typeof terminalErrorNames)[number];

/**
 * Names of passing errors: repeated by the workflow's `Retry` (but for `CopyTooSlow`), and a `TransferFailed` when the
 * attempts are used up.
 */
export const passingErrorNames = [
  "VendorUnavailable",
  "StoreUnavailable",
  "CopyInterrupted",
  "CopyTooSlow",
  "WorkflowsUnavailable",
] as const;

/** An instance of the terminal family. */
export type TerminalError =
  | InvalidInput
  | ProjectFailed
  | ProjectCanceled
  | ProjectGone
  | DeadlineExceeded
  | Unauthorized
  | TransferFailed;

/** One of {@link passingErrorNames}. */
export type PassingErrorName = (typeof passingErrorNames)[number];

/**
 * Names with which a delivery ends FAILED: refused for good (410, an address that is not public), the schedule used up, an
 * input that is none, and a function that crashed. Each is in the list of failed executions, and can be replayed.
 */
export const deliveryErrorNames = ["InvalidInput", "DeliveryRejected", "DeliveryExhausted", "DeliveryFailed"] as const;

/** One of {@link deliveryErrorNames}. */
export type DeliveryErrorName = (typeof deliveryErrorNames)[number];
