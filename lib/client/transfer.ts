import { type Transfer as ShownTransfer, transferOf } from "../../functions/domain/api-transfer.ts";
import type { TransferInput } from "../../functions/domain/input.ts";
import type { TransferOutput } from "../../functions/domain/transfer-output.ts";

/** Where a transfer or a delivery can stand, in Step Functions' words; `ABORTED` is one that somebody stopped. */
export const transferStatuses = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"] as const;

/** One of {@link transferStatuses}. */
export type TransferStatus = (typeof transferStatuses)[number];

/** What a transfer is started with: the project's id, and what is to be other than the defaults. */
export type TransferRequest = Pick<TransferInput, "id"> & {
  readonly [Field in Exclude<keyof TransferInput, "id">]?: TransferInput[Field] | undefined;
};

/** A transfer, as the HTTP API shows it too. */
export interface Transfer extends Omit<ShownTransfer, "status" | "output"> {
  /** Where it stands. */
  readonly status: TransferStatus;
  /** What it answered; null unless it succeeded. */
  readonly output: TransferOutput | null;
}

/** A transfer that was started, now or before. */
export interface BegunTransfer extends Transfer {
  /** False when the same was started before under that name: then it is that one, as it stands now. */
  readonly isNew: boolean;
}

/** A transfer, as far as a list shows it. */
export type TransferSummary = Pick<Transfer, "name" | "status" | "startedAt" | "stoppedAt">;

/** An execution of the transfer state machine as a transfer. */
export function transferFrom(execution: Parameters<typeof transferOf>[0]): Transfer {
  // The state machine's own words: its definition makes no other status, and no other output.
  return transferOf(execution) as Transfer;
}
