import type { ListedExecution, Workflows } from "../../functions/adapters/workflows.ts";
import { InvalidInput } from "../../functions/domain/errors.ts";
import { type TransferSummary, transferStatuses } from "./transfer.ts";
import type { ListRequest } from "./transfer-requests.ts";

/** What a list is asked, once it is known to be within its bounds. */
export type ListFilter = Pick<ListRequest, "status" | "limit">;

/** @throws {InvalidInput} naming the bound that is broken */
export function readListRequest({ status, limit }: ListFilter): ListFilter {
  if (status !== undefined && !transferStatuses.includes(status)) {
    throw new InvalidInput(`status: must be one of ${transferStatuses.join(", ")}`);
  }
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 1)) {
    throw new InvalidInput("limit: must be a whole number, at least 1");
  }
  return { status, limit };
}

/** The transfers of a state machine, newest first. */
export async function* listTransfers(
  workflows: Workflows,
  stateMachineArn: string,
  filter: ListFilter,
): AsyncGenerator<TransferSummary, void, undefined> {
  for await (const listed of workflows.list(stateMachineArn, filter)) yield summaryOf(listed);
}

function summaryOf({ name, status, startedAt, stoppedAt }: ListedExecution): TransferSummary {
  return {
    name,
    // The SDK's type has one more, which no execution of a Standard workflow without maps comes to.
    status: status as TransferSummary["status"],
    startedAt: startedAt.toISOString(),
    stoppedAt: stoppedAt?.toISOString() ?? null,
  };
}
