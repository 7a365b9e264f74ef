import { expect, test } from "vitest";
import type { AttemptRecord, Delivery } from "../../../../functions/domain/delivery.ts";
import type { TransferEvent } from "../../../../functions/domain/event.ts";
import { reportDelivery } from "../../../../lib/local/terminal/delivery-report.ts";
import type { Style } from "../../../../lib/local/terminal/transfer-report.ts";

const plain: Style = (_, text) => text;
const event = { type: "transfer.failed" } as TransferEvent;
const delivery: Delivery = { messageId: "msg_1", endpoint: "https://example.com/hook?token=abc", event };
const retried: AttemptRecord = {
  attempt: 2,
  at: "",
  outcome: "retry",
  status: 500,
  reason: "HTTP 500",
  waitSeconds: 303,
};

test("a delivered webhook says whether its signature was verified, when that is known", () => {
  const delivered = { delivery, attempts: [], status: "delivered" } as const;
  expect(reportDelivery(delivered, true, plain)).toBe(
    "webhook delivered, signature verified: transfer.failed  msg_1 to https://example.com",
  );
  for (const unknown of [undefined, false]) {
    expect(reportDelivery(delivered, unknown, plain)).toBe(
      "webhook delivered: transfer.failed  msg_1 to https://example.com",
    );
  }
});

test("the event bus is an endpoint of another kind", () => {
  const bus = { ...delivery, endpoint: "arn:aws:events:us-east-1:000000000000:event-bus/default" };
  expect(reportDelivery({ delivery: bus, attempts: [], status: "delivered" }, undefined, plain)).toBe(
    "event on the bus: transfer.failed",
  );
});

test("what is not delivered says why, how often it was tried, and when it would be again", () => {
  const first = { ...retried, attempt: 1 };
  expect(reportDelivery({ delivery, attempts: [first, retried], status: "waiting" }, undefined, plain)).toBe(
    "webhook not delivered yet: transfer.failed, attempt 2 of 10: HTTP 500; a deployed stack would try again in 303 s, and so on for three days  msg_1 to https://example.com",
  );
  const failed = { delivery, attempts: [retried], status: "failed", cause: "msg_1 was not delivered" } as const;
  expect(reportDelivery(failed, undefined, plain)).toBe(
    "webhook not delivered: transfer.failed: msg_1 was not delivered",
  );
});

test("what was interrupted says how far it came", () => {
  const interrupted = { delivery, attempts: [], status: "interrupted" } as const;
  const place = "msg_1 to https://example.com";
  expect(reportDelivery(interrupted, undefined, plain)).toBe(
    `webhook not delivered: interrupted: transfer.failed, no attempt was answered  ${place}`,
  );
  expect(reportDelivery({ ...interrupted, attempts: [{ ...retried, attempt: 1 }] }, undefined, plain)).toBe(
    `webhook not delivered: interrupted: transfer.failed, attempt 1 of 10: HTTP 500  ${place}`,
  );
});
