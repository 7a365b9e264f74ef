import { Option } from "commander";
import { type TransferStatus, transferStatuses } from "../../../lib/client/transfer.ts";
import { wholeNumber } from "../options.ts";

/** What {@link listingOptions} parse to. */
export interface ListingOptions {
  /** Only those that stand so. */
  readonly status?: TransferStatus;
  /** Most that are listed. */
  readonly limit: number;
}

/** Options of every command that lists. */
export function listingOptions(): Option[] {
  return [
    new Option("--status <status>", "only those that stand so").choices(transferStatuses),
    new Option("--limit <n>", "most that are listed").argParser(wholeNumber(1, 1_000_000)).default(20),
  ];
}
