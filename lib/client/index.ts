/**
 * What other programs import: the vendor's audio projects in this process (`AudioProjects`), and transfers in the cloud
 * (`Transfers`).
 *
 * ```ts
 * import { AudioProjects, Transfers } from "magic-hour-audio-transfer/client";
 * ```
 *
 * @module client
 */

export { Conflict, NotFound } from "../../functions/domain/api-errors.ts";
export {
  AddressRefused,
  CopyInterrupted,
  CopyTooSlow,
  DeadlineExceeded,
  InvalidInput,
  ProjectCanceled,
  ProjectFailed,
  ProjectGone,
  StoreUnavailable,
  TransferFailed,
  Unauthorized,
  VendorUnavailable,
  WorkflowsUnavailable,
} from "../../functions/domain/errors.ts";
export type { TransferInput } from "../../functions/domain/input.ts";
export type { ProjectSummary } from "../../functions/domain/project.ts";
export type { Receipt } from "../../functions/domain/receipt.ts";
export type { TransferOutput } from "../../functions/domain/transfer-output.ts";
export type { Verdict } from "../../functions/domain/verdict.ts";
export type { AudioDownload, AudioProject } from "./audio-project.ts";
export { AudioProjects } from "./audio-projects.ts";
export type { Delivery } from "./delivery.ts";
export { type MissingOutput, OutputsIncomplete } from "./outputs-incomplete.ts";
export type {
  AudioProjectsOptions,
  CheckResultRequest,
  DeleteRequest,
  GetRequest,
  ProjectRequest,
  WatchRequest,
} from "./requests.ts";
export type { CheckResult, CopyUpdate, ProjectUpdate, SavedOutput } from "./results.ts";
export {
  type BegunTransfer,
  type Transfer,
  type TransferRequest,
  type TransferStatus,
  type TransferSummary,
  transferStatuses,
} from "./transfer.ts";
export { AwsAccessDenied, RedeliveryRefused, TransferStopped } from "./transfer-errors.ts";
export type {
  DeliveriesRequest,
  ListRequest,
  NameRequest,
  RedeliverRequest,
  SignalRequest,
  StartOptions,
  StopRequest,
  TransfersOptions,
  WaitRequest,
} from "./transfer-requests.ts";
export { Transfers } from "./transfers.ts";
