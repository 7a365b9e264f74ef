import { expect, test } from "vitest";
import { deferred, givenUpAt } from "../../../functions/domain/deferral.ts";
import type { PollCounts } from "../../../functions/domain/verdict.ts";
import { aTransfer } from "./domain-fixture.ts";

const startedAt = Date.parse("2026-08-22T10:00:00Z");
const turn = { queue: "q", number: 7, at: startedAt + 90_000 };
const counts: PollCounts = { polls: 4, unavailable: 2, notFound: 1, withoutDownloads: 0, unknownStatuses: 3 };

test("a poll that is not sent is no poll: no count changes, and the turn is kept", () => {
  const context = { transfer: aTransfer(), counts, now: startedAt + 5_000, startedAt };
  expect(deferred({ seconds: 40, turn }, context)).toEqual({
    next: "wait",
    verdict: "pending",
    waitSeconds: 40,
    counts,
    turn,
  });
});

test.each([
  [{ deadlineSeconds: 60 }, 60],
  [{ deadlineSeconds: 86_400, waitForCompletion: false }, 300],
  [{ deadlineSeconds: 60, waitForCompletion: false }, 60],
])("%j: it comes back for the last poll, at the latest", (over, budget) => {
  const transfer = aTransfer(over);
  expect(givenUpAt(transfer, startedAt)).toBe(startedAt + budget * 1_000);
  const waitAt = (now: number) => deferred({ seconds: 120, turn }, { transfer, counts, now, startedAt }).waitSeconds;
  expect(waitAt(startedAt + (budget - 20) * 1_000 - 1)).toBe(21);
  expect(waitAt(startedAt + budget * 1_000)).toBe(1);
});
