import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanupNameOf, type MarkerKind } from "../../../functions/domain/cleanup-name.ts";
import { type TerminalErrorName, terminalErrorNames } from "../../../functions/domain/errors.ts";
import type { EndedTransfer } from "../../../functions/domain/event.ts";
import { markerOf } from "../../../functions/domain/left-marker.ts";
import type { Marker } from "../../../functions/domain/marker.ts";
import type { TransferOutput } from "../../../functions/domain/transfer-output.ts";
import { aMarker, day, hour } from "./cleanup-fixture.ts";
import { aFailure, anEndedTransfer, aTransferOutput, endedAt } from "./notifier-fixture.ts";

const policy = { recheckDays: 7, deleteAfterDays: undefined };
const retention = { recheckDays: 7, deleteAfterDays: 30 };

/** When the outputs of these tests were finished, in whole seconds. */
const finishedAt = Date.parse(aTransferOutput().finishedAt);

const pending = (over: Partial<TransferOutput> = {}) => aTransferOutput({ deleted: "pending", ...over });
const notAsked = (over: Partial<TransferOutput> = {}) => aTransferOutput({ deleted: "not-requested", ...over });
const atDeadline = (over: Partial<EndedTransfer> = {}) =>
  anEndedTransfer({
    failure: aFailure("DeadlineExceeded"),
    output: notAsked({ verdict: "pending", outputs: [], manifest: null }),
    ...over,
  });

/** A transfer that the cleanup started. */
const startedFor = (kind: MarkerKind, over: Partial<EndedTransfer>) =>
  anEndedTransfer({ ...over, execution: { name: cleanupNameOf(aMarker({ kind, attempt: 2 })), startedAt: "" } });

/** It is due then, or up to ten minutes later. */
function expectDue(marker: Marker | undefined, time: number): void {
  expect(marker?.due).toBeGreaterThanOrEqual(time);
  expect(marker?.due).toBeLessThan(time + 600_000);
}

describe("a transfer leaves a marker", () => {
  test("for a deletion that is pending, due in an hour", () => {
    const marker = markerOf(anEndedTransfer({ output: pending() }), policy, endedAt);
    expect(marker).toMatchObject({ kind: "deletion", id: "cm1", attempt: 0, since: finishedAt });
    expectDue(marker, endedAt + hour);
  });

  test("to look again when it was pending at its deadline, due in an hour", () => {
    const marker = markerOf(atDeadline(), policy, endedAt);
    expect(marker).toMatchObject({ kind: "recheck", id: "cm1", attempt: 0, since: finishedAt });
    expectDue(marker, endedAt + hour);
  });

  test("for a retention, due so many days after the copy", () => {
    const marker = markerOf(anEndedTransfer({ output: notAsked() }), retention, endedAt);
    expect(marker).toMatchObject({ kind: "retention", id: "cm1", attempt: 0, since: finishedAt });
    expectDue(marker, finishedAt + 30 * day);
  });

  test.each<[string, EndedTransfer["failure"]]>([
    ["a refused key", aFailure("Unauthorized")],
    ["attempts that were used up", { ...aFailure("TransferFailed"), mayPass: true }],
  ])("to look again after %s, also where the vendor was never reached", (_, failure) => {
    const { execution } = anEndedTransfer();
    const [reached, unreached] = [{ failure, output: notAsked() }, { failure }].map((over) =>
      markerOf(
        anEndedTransfer(failure && over.output ? { failure, output: over.output } : { ...(failure && { failure }) }),
        policy,
        endedAt,
      ),
    );
    expect(reached).toMatchObject({ kind: "recheck", id: "cm1", since: finishedAt });
    expect(unreached).toMatchObject({ kind: "recheck", id: "cm1", since: Date.parse(execution.startedAt) });
  });

  test("for a deletion that was asked for and could not be done for what may pass", () => {
    const failed = { failure: aFailure("Unauthorized"), output: pending() };
    expect(markerOf(anEndedTransfer(failed), policy, endedAt)).toMatchObject({ kind: "deletion", attempt: 0 });
  });

  test("with its input as it was given", () => {
    const input = { id: "cm1", notify: ["https://example.com/"], metadata: { order: 7 } };
    expect(markerOf(anEndedTransfer({ input, output: pending() }), policy, endedAt)?.input).toBe(input);
  });

  test("of the same chain and link when it is asked again, later", () => {
    for (const [transfer, by] of [
      [anEndedTransfer({ output: pending() }), policy],
      [atDeadline(), policy],
      [anEndedTransfer({ output: notAsked() }), retention],
    ] as const) {
      const [first, again] = [markerOf(transfer, by, endedAt), markerOf(transfer, by, endedAt + 2 * hour)];
      expect(again && cleanupNameOf(again)).toBe(first && cleanupNameOf(first));
    }
  });
});

describe("a transfer that the cleanup started goes on with its chain", () => {
  test("when the deletion is pending still", () => {
    const marker = markerOf(startedFor("deletion", { output: pending() }), policy, endedAt);
    expect(marker).toMatchObject({ kind: "deletion", attempt: 3, since: aMarker().since, chain: aMarker().chain });
    expectDue(marker, endedAt + 8 * hour);
  });

  test("when it was pending at its deadline again", () => {
    const { failure, output } = atDeadline();
    const marker = markerOf(startedFor("recheck", { ...(failure && output && { failure, output }) }), policy, endedAt);
    expect(marker).toMatchObject({ kind: "recheck", attempt: 3, chain: aMarker().chain });
  });

  test("when it could not even look before it was to delete, whatever is said of rechecks", () => {
    const { failure, output } = atDeadline();
    const ended = { ...(failure && output && { failure, output }) };
    const never = { ...policy, recheckDays: 0 };
    expect(markerOf(startedFor("deletion", ended), never, endedAt)).toMatchObject({ kind: "deletion", attempt: 3 });
    expect(markerOf(startedFor("retention", ended), never, endedAt)).toMatchObject({ kind: "deletion", attempt: 0 });
  });

  test("but not with one of another kind", () => {
    for (const kind of ["recheck", "retention"] as const) {
      const marker = markerOf(startedFor(kind, { output: pending() }), policy, endedAt);
      expect(marker).toMatchObject({ kind: "deletion", attempt: 0, since: finishedAt });
    }
  });
});

describe("a transfer leaves nothing", () => {
  test.each<[string, Partial<EndedTransfer>, typeof policy | typeof retention | { recheckDays: number }]>([
    ["that deleted its project", { output: aTransferOutput({ deleted: "yes" }) }, retention],
    ["that nobody asked to delete", { output: notAsked() }, policy],
    ["that copied nothing", { output: notAsked({ outputs: [], manifest: null }) }, retention],
    ["that never reached the vendor", {}, retention],
    ["whose input is none", { input: { id: "../x" }, failure: aFailure("Unauthorized") }, retention],
    ["at its deadline, where nothing is looked at again", atDeadline(), { recheckDays: 0 }],
    ["whose deletion was refused", { failure: aFailure("TransferFailed"), output: pending() }, retention],
  ])("%s", (_, over, by) => {
    expect(markerOf(anEndedTransfer(over), by, endedAt)).toBeUndefined();
  });

  const final = terminalErrorNames.filter((name) => name !== "DeadlineExceeded" && name !== "Unauthorized");
  test.each(final)("that failed with %s", (name) => {
    const failed = { failure: aFailure(name satisfies TerminalErrorName), output: notAsked() };
    expect(markerOf(anEndedTransfer(failed), retention, endedAt)).toBeUndefined();
  });
});

test("whatever a transfer leaves is due in an hour or later", () => {
  const transfers = fc.constantFrom(
    anEndedTransfer({ output: pending() }),
    anEndedTransfer({ output: notAsked() }),
    atDeadline(),
    startedFor("deletion", { output: pending() }),
  );
  const policies = fc.record({ recheckDays: fc.constant(7), deleteAfterDays: fc.integer({ min: 1, max: 365 }) });
  fc.assert(
    fc.property(transfers, policies, fc.integer({ min: 0, max: 400 * day }), (transfer, by, later) => {
      const now = endedAt + later;
      expect(markerOf(transfer, by, now)?.due).toBeGreaterThanOrEqual(now + hour);
    }),
  );
});
