import {
  DeadlineExceeded,
  InvalidInput,
  ProjectCanceled,
  ProjectFailed,
  ProjectGone,
  type TerminalError,
  type TerminalErrorName,
  TransferFailed,
  Unauthorized,
} from "../../functions/domain/errors.ts";
import type { Failure } from "../../functions/domain/failure.ts";

const terminalErrors: Readonly<Record<TerminalErrorName, new (message: string) => TerminalError>> = {
  InvalidInput,
  ProjectFailed,
  ProjectCanceled,
  ProjectGone,
  DeadlineExceeded,
  Unauthorized,
  TransferFailed,
};

/** The error that a failure tells of, to be thrown. */
export function terminalErrorOf({ error, detail }: Failure): TerminalError {
  return new terminalErrors[error](detail.errorMessage);
}
