import type { Workflows } from "../../functions/adapters/workflows.ts";
import type { Announcement } from "./announcement.ts";
import { type Delivery, deliveryFrom } from "./delivery.ts";
import type { ListFilter } from "./transfer-list.ts";

/**
 * The deliveries of a state machine, newest first. A list has no inputs, so each is looked at by itself.
 * @param announcement only those of this message. Default all
 */
export async function* listDeliveries(
  workflows: Workflows,
  stateMachineArn: string,
  { status, limit = Number.POSITIVE_INFINITY }: ListFilter,
  announcement?: Announcement,
): AsyncGenerator<Delivery, void, undefined> {
  // Without a message all on a page are wanted: no larger one is fetched than that.
  const page = announcement ? { status } : { status, limit };
  let left = limit;
  for await (const { name, startedAt } of workflows.list(stateMachineArn, page)) {
    if (announcement && startedAt.getTime() < announcement.notBefore) return;
    if (announcement && !name.startsWith(`${announcement.messageId}-`)) continue;
    const found = await workflows.find(stateMachineArn, name);
    if (!found) continue;
    yield deliveryFrom(found);
    left -= 1;
    if (left <= 0) return;
  }
}
