/** Errors that only `Transfers` has, besides the domain's own. Each carries its name as a literal, as those do. */
import { InvalidInput, WorkflowsUnavailable } from "../../functions/domain/errors.ts";

/** Somebody stopped the transfer: the message says why, if they did. */
export class TransferStopped extends Error {
  override readonly name = "TransferStopped";
}

/** The delivery is not one to be started anew: it is still tried, it was delivered, or it was started anew before. */
export class RedeliveryRefused extends Error {
  override readonly name = "RedeliveryRefused";
}

/** AWS refused the caller: no credentials, expired ones, or none that may do this. Asking again does not help. */
export class AwsAccessDenied extends Error {
  override readonly name = "AwsAccessDenied";
}

/**
 * By which AWS and its SDK say that the caller's credentials are at fault. Sources: Step Functions API reference, "Common
 * Errors"; `ProviderError` and its children in @smithy/property-provider; `ExpiredTokenException` and
 * `UnrecognizedClientException` as the service answers over AWS JSON 1.0.
 */
const refusals = new Set([
  "AccessDeniedException",
  "CredentialsProviderError",
  "ExpiredTokenException",
  "IncompleteSignature",
  "IncompleteSignatureException",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "NotAuthorized",
  "OptInRequired",
  "ProviderError",
  "TokenProviderError",
  "UnrecognizedClientException",
]);

/** By which Step Functions says that there is no such state machine. */
const noMachine = new Set(["InvalidArn", "StateMachineDoesNotExist", "StateMachineDeleting"]);

/** What a caller is told where a function would only be told to try again later: what the caller can put right. */
export function transferError(error: unknown): unknown {
  if (!(error instanceof WorkflowsUnavailable)) return error;
  const { fault = "", message } = error;
  if (refusals.has(fault)) return new AwsAccessDenied(message);
  return noMachine.has(fault) ? new InvalidInput(message) : error;
}
