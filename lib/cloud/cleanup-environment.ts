import { Tokenization } from "aws-cdk-lib";
import { defaultRecheckDays, environmentNames } from "../../functions/contract.ts";
import type { TransferSettings } from "./settings.ts";

/**
 * What is left to the cleanup, as a function's environment has it. The function that leaves markers and the one that handles
 * them must have the same: without its days the cleanup would give up every marker of a retention.
 */
export function cleanupEnvironment({
  recheckDays = defaultRecheckDays,
  deleteAfterDays,
}: TransferSettings): Record<string, string> {
  const text = Tokenization.stringifyNumber;
  return {
    [environmentNames.recheckDays]: text(recheckDays),
    ...(deleteAfterDays !== undefined && { [environmentNames.deleteAfterDays]: text(deleteAfterDays) }),
  };
}
