/** The functions that are always there, by their file names below functions/. */
export type LastingFunctionName =
  | "check-status"
  | "download-outputs"
  | "delete-project"
  | "schedule-cleanup"
  | "notify"
  | "deliver"
  | "cleanup";

/** The functions of the HTTP API, which may be switched off. */
export type ApiFunctionName = "api" | "receive-webhook";

/** All functions. */
export type TransferFunctionName = LastingFunctionName | ApiFunctionName;

/** Something of every function; of those of the HTTP API where there is one. */
export type ByFunction<Value> = Readonly<Record<LastingFunctionName, Value>> &
  Readonly<Partial<Record<ApiFunctionName, Value>>>;

const everyName: Readonly<Record<TransferFunctionName, true>> = {
  "check-status": true,
  "download-outputs": true,
  "delete-project": true,
  "schedule-cleanup": true,
  notify: true,
  deliver: true,
  cleanup: true,
  api: true,
  "receive-webhook": true,
};

/** The names of all functions: the compiler sees to it that none is missing. */
export const transferFunctionNames = Object.keys(everyName) as readonly TransferFunctionName[];
