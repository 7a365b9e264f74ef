import { describe, expect, test } from "vitest";
import { decideMarker } from "../../../functions/domain/cleanup-decision.ts";
import { cleanupNameOf } from "../../../functions/domain/cleanup-name.ts";
import { parseInput } from "../../../functions/domain/input.ts";
import type { Observation } from "../../../functions/domain/verdict.ts";
import { aMarker, day, hour, now } from "./cleanup-fixture.ts";
import { aProject } from "./domain-fixture.ts";

const context = { recheckDays: 7, deleteAfterDays: undefined, now };
const seen = (status: string, over = {}): Observation => ({ kind: "project", project: aProject({ status, ...over }) });

describe("a deletion", () => {
  test("is a transfer that is to delete, under the marker's name", () => {
    expect(decideMarker(aMarker(), context)).toEqual({
      kind: "start",
      name: cleanupNameOf(aMarker()),
      input: {
        id: "cm1",
        downloadOutputs: true,
        deleteAfterDownload: true,
        waitForCompletion: true,
        // Not left to the stack, whose default may be a minute.
        deadlineSeconds: 86_400,
      },
    });
  });

  test("keeps what the input says besides, and waits a day for the vendor", () => {
    const rest = { downloadDirectory: "a/b", notify: ["https://example.com/"], metadata: { order: 7 } };
    const inputOf = (deadlineSeconds: number) => {
      const input = { id: "cm1", ...rest, waitForCompletion: false, deadlineSeconds };
      return decideMarker(aMarker({ input }), context);
    };
    expect(inputOf(60)).toMatchObject({ input: { ...rest, waitForCompletion: true, deadlineSeconds: 86_400 } });
    expect(inputOf(900_000)).toMatchObject({ input: { deadlineSeconds: 900_000 } });
  });

  test("is started however long it has been pending", () => {
    const marker = aMarker({ since: now - 4_000 * day, attempt: 4_000 });
    expect(decideMarker(marker, { ...context, recheckDays: 0 })).toMatchObject({ kind: "start" });
  });
});

describe("a retention", () => {
  const marker = aMarker({ kind: "retention", since: now - 30 * day, input: { id: "cm1" } });

  test("is a transfer that is to delete once its days are over", () => {
    const decision = decideMarker(marker, { ...context, deleteAfterDays: 30 });
    expect(decision).toMatchObject({ kind: "start", name: cleanupNameOf(marker) });
    expect(decision.kind === "start" && parseInput(decision.input)).toMatchObject({ deleteAfterDownload: true });
  });

  test("is given up where nothing is deleted by itself any more", () => {
    expect(decideMarker(marker, context)).toEqual({ kind: "give-up" });
  });

  test("waits on where the days have become more", () => {
    const decision = decideMarker(marker, { ...context, deleteAfterDays: 90 });
    expect(decision).toEqual({ kind: "wait", next: { ...marker, attempt: 1, due: now + 60 * day } });
  });

  test("is not put off where they have become fewer", () => {
    expect(decideMarker(marker, { ...context, deleteAfterDays: 7 })).toMatchObject({ kind: "start" });
  });
});

describe("a recheck", () => {
  const marker = aMarker({ kind: "recheck", attempt: 2, input: { id: "cm1", deadlineSeconds: 60 } });

  test.each<[string, Observation | undefined]>([
    ["is complete", seen("complete")],
    ["is complete without downloads", seen("complete", { downloads: [] })],
    ["failed", seen("error")],
    ["is canceled", seen("canceled")],
    ["is deleted", seen("complete", { enabled: false })],
    ["is not found", { kind: "not-found" }],
    ["is refused for good", undefined],
  ])("of a project that %s is a transfer with the input as it was", (_, observation) => {
    const decision = decideMarker(marker, { ...context, observation });
    expect(decision).toEqual({ kind: "start", name: cleanupNameOf(marker), input: marker.input });
  });

  test.each<[string, Observation]>([
    ["renders", seen("rendering")],
    ["is queued", seen("queued")],
    ["is a draft", seen("draft")],
    ["has a status nobody knows", seen("archived")],
    ["cannot be read", { kind: "unavailable", reason: "HTTP 503" }],
  ])("of a project that %s is followed by another one, later", (_, observation) => {
    const decision = decideMarker(marker, { ...context, observation });
    expect(decision).toEqual({ kind: "wait", next: { ...marker, attempt: 3, due: now + 8 * hour } });
  });

  test.each<[string, number, number, string]>([
    ["is not given up before its days are over", 7, 7 * day - 1_000, "wait"],
    ["is given up when they are", 7, 7 * day, "give-up"],
    ["is given up at once where nothing is looked at again any more", 0, hour, "give-up"],
  ])("%s", (_, recheckDays, age, kind) => {
    const old = { ...marker, since: now - age };
    expect(decideMarker(old, { ...context, recheckDays, observation: seen("rendering") })).toMatchObject({ kind });
  });

  test("is a transfer however old it is, when there is something to say", () => {
    const old = { ...marker, since: now - 90 * day };
    expect(decideMarker(old, { ...context, observation: seen("complete") })).toMatchObject({ kind: "start" });
  });
});
