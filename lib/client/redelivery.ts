import { createHash } from "node:crypto";
import type { Workflows } from "../../functions/adapters/workflows.ts";
import type { DescribedExecution } from "../../functions/domain/api-transfer.ts";
import { parseDelivery, type Delivery as SentDelivery } from "../../functions/domain/delivery.ts";
import { deliveryNameOf } from "../../functions/domain/endpoint.ts";
import { type Delivery, deliveryFrom } from "./delivery.ts";
import { RedeliveryRefused } from "./transfer-errors.ts";

/**
 * Longest name of a delivery that a number is put behind: that of one of the workflow's own, 4 + 40 + 1 + 20 characters.
 * Step Functions allows 80.
 */
const longestBase = 65;

/**
 * Starts a delivery that is over anew: the same message id and event to the same endpoint, with the schedule from its
 * beginning. Its own name is taken for 90 days, so it is named by {@link redeliveryNameOf}.
 * @throws {RedeliveryRefused} when it is not over, was delivered (unless that is accepted), or was started anew before
 * @throws {InvalidInput} when its input is no delivery
 */
export async function startAnew(
  execution: DescribedExecution,
  { workflows, arn, evenIfDelivered }: { workflows: Workflows; arn: string; evenIfDelivered: boolean },
): Promise<Delivery> {
  const { name, status } = execution;
  if (!execution.stoppedAt) throw new RedeliveryRefused(`the delivery ${name} is not over: it is still being tried`);
  if (status === "SUCCEEDED" && !evenIfDelivered) throw new RedeliveryRefused(`the delivery ${name} was delivered`);
  const input = parseDelivery(execution.input);
  const next = redeliveryNameOf(name, input);
  if (!(await workflows.start(arn, next, input))) {
    throw new RedeliveryRefused(
      `the delivery ${name} was started anew before, as ${next}: that one can be, if it is over`,
    );
  }
  // Step Functions may not show it yet.
  return deliveryFrom((await workflows.find(arn, next)) ?? begun(next, input));
}

/**
 * The name of the delivery that repeats another: `<message id>-<hash of the endpoint>-r1`, then `-r2` and so on. It is the
 * same whoever asks and however often, so that two who start the same one anew at once send it once; what the repetition
 * came to is looked at before there is another.
 */
export function redeliveryNameOf(name: string, { messageId, endpoint }: SentDelivery): string {
  const own = deliveryNameOf(messageId, endpoint);
  // Whoever starts deliveries by hand may give them an id of up to 100 characters.
  const base = own.length <= longestBase ? own : deliveryNameOf(shortened(messageId), endpoint);
  const [, repetition = "0"] = name.startsWith(`${base}-r`)
    ? (/^-r(\d{1,9})$/.exec(name.slice(base.length)) ?? [])
    : [];
  return `${base}-r${Number(repetition) + 1}`;
}

/** 4 + 40 characters, as the message ids have that are not made up by hand. */
function shortened(messageId: string): string {
  return `msg_${createHash("sha256").update(messageId).digest("hex").slice(0, 40)}`;
}

function begun(name: string, input: SentDelivery): DescribedExecution {
  const open = { stoppedAt: undefined, output: undefined, error: undefined, cause: undefined };
  return { name, status: "RUNNING", startedAt: new Date(), input, ...open };
}
