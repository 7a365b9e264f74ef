import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanupNameOf, linkAfter, nextLink, readCleanupName } from "../../../functions/domain/cleanup-name.ts";
import { longestTransferName, transferNameOf } from "../../../functions/domain/transfer-name.ts";
import { aMarker, ids, links, now } from "./cleanup-fixture.ts";

describe("the name of an execution that the cleanup starts", () => {
  test("says what for, which attempt, since when, and in which chain", () => {
    const name = "cleanup-deletion-0-1795376400-0123456789ab00000000";
    expect(cleanupNameOf(aMarker())).toBe(name);
    expect(readCleanupName(name)).toEqual({
      kind: "deletion",
      attempt: 0,
      since: 1_795_376_400_000,
      chain: "0123456789ab00000000",
    });
  });

  test("is read back as the link it was made of, whatever that is", () => {
    fc.assert(
      fc.property(links, (link) => {
        const name = cleanupNameOf(link);
        expect(readCleanupName(name)).toEqual(link);
        expect(name.length).toBeLessThanOrEqual(longestTransferName);
        // Step Functions, StartExecution: no blank, no bracket, no wildcard, no other special character.
        expect(name).toMatch(/^[A-Za-z0-9-]+$/);
      }),
    );
  });

  test("is no other for another due date: a marker that stands twice is handled once", () => {
    expect(cleanupNameOf(aMarker({ due: now + 600_000 }))).toBe(cleanupNameOf(aMarker()));
  });

  test.each([
    "",
    "cleanup-",
    "cleanup-deletion-0-1795376400-0123456789ab0000000",
    "cleanup-deletion-0-1795376400-0123456789ab000000004",
    "cleanup-deletion-0-1795376400-0123456789AB00000000",
    "cleanup-deletion--1-1795376400-0123456789ab00000000",
    "cleanup-deletion-123456-1795376400-0123456789ab00000000",
    "cleanup-notification-0-1795376400-0123456789ab00000000",
    "a-cleanup-deletion-0-1795376400-0123456789ab00000000",
  ])("is not %j", (name) => {
    expect(readCleanupName(name)).toBeUndefined();
  });

  test("is never that of a transfer named by its input", () => {
    fc.assert(
      fc.property(fc.oneof(ids, fc.constant("cleanup-deletion-0-1795376400-0123456789ab00000000")), (id) => {
        expect(readCleanupName(transferNameOf({ id }))).toBeUndefined();
      }),
    );
  });
});

describe("the link that an execution adds", () => {
  test("begins a chain when it was started by anybody else, in whole seconds", () => {
    const link = linkAfter("run-1", "deletion", now + 999);
    expect(link).toEqual({ kind: "deletion", attempt: 0, since: now, chain: expect.stringMatching(/^[0-9a-f]{20}$/) });
    expect(linkAfter("run-1", "deletion", now)).toEqual(link);
  });

  test("begins another one for another execution and for another kind", () => {
    const chains = [
      linkAfter("run-1", "deletion", now),
      linkAfter("run-2", "deletion", now),
      linkAfter("run-1", "recheck", now),
    ].map(({ chain }) => chain);
    expect(new Set(chains).size).toBe(3);
  });

  test("goes on with the chain it was started for, which keeps its age", () => {
    fc.assert(
      fc.property(links, (link) => {
        expect(linkAfter(cleanupNameOf(link), link.kind, now)).toEqual(nextLink(link));
      }),
    );
    expect(linkAfter(cleanupNameOf(aMarker()), "deletion", now)).toMatchObject({
      since: aMarker().since,
      chain: aMarker().chain,
      attempt: 1,
    });
  });

  test("begins a new one when it was started for something else: a retention whose deletion fails is pending from then on", () => {
    const name = cleanupNameOf(aMarker({ kind: "retention", attempt: 3 }));
    expect(linkAfter(name, "deletion", now)).toMatchObject({ kind: "deletion", attempt: 0, since: now });
    expect(linkAfter(name, "deletion", now).chain).not.toBe(aMarker().chain);
  });

  test("has no number that a name could not carry", () => {
    const last = nextLink(nextLink(aMarker({ attempt: 99_998 })));
    expect(last.attempt).toBe(99_999);
    expect(readCleanupName(cleanupNameOf(last))).toMatchObject({ attempt: 99_999 });
  });
});
