import { isEventBus, placeOf } from "../../../functions/domain/endpoint.ts";
import { attemptOf } from "../../../functions/domain/outcome.ts";
import type { WatchedDelivery } from "../delivery-watch.ts";
import type { Style } from "./transfer-report.ts";

/**
 * What a person reads of one delivery, as a line.
 * @param isVerified whether our own receiver has verified the signature; undefined when the receiver is somebody else's
 */
export function reportDelivery(watched: WatchedDelivery, isVerified: boolean | undefined, style: Style): string {
  const { delivery, attempts, status, cause } = watched;
  const { type } = delivery.event;
  const last = attempts.at(-1);
  const place = placeOf(delivery.endpoint);
  const details = style("dim", `${delivery.messageId} to ${place}`);
  switch (status) {
    case "delivered": {
      if (isEventBus(delivery.endpoint)) return `event ${style("green", "on the bus")}: ${type}`;
      const verified = isVerified ? ", signature verified" : "";
      return `${style("green", `webhook delivered${verified}`)}: ${type}  ${details}`;
    }
    case "waiting": {
      const attempt = attemptOf(attempts.length);
      const next = `a deployed stack would try again in ${last?.waitSeconds} s, and so on for three days`;
      return `${style("yellow", "webhook not delivered yet")}: ${type}, ${attempt}: ${last?.reason}; ${next}  ${details}`;
    }
    case "interrupted": {
      const not = isEventBus(delivery.endpoint) ? "event not on the bus" : "webhook not delivered";
      const after = last ? `${attemptOf(attempts.length)}: ${last.reason}` : "no attempt was answered";
      return `${style("yellow", not)}: interrupted: ${type}, ${after}  ${details}`;
    }
    case "failed":
      return `${style("red", "webhook not delivered")}: ${type}: ${cause ?? "no cause given"}`;
  }
}
