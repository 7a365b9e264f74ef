import { describe, expect, it } from "vitest";
import { terminalErrorNames } from "../../../functions/domain/errors.ts";
import { buildEvent, type EndedTransfer, eventTypes, largestEventBytes } from "../../../functions/domain/event.ts";
import { summarize } from "../../../functions/domain/project.ts";
import { aProject, aReceipt, signedUrl } from "./domain-fixture.ts";
import { aFailure, anEndedTransfer, aTransferOutput, endedAt } from "./notifier-fixture.ts";

const build = (over: Partial<EndedTransfer> = {}) => buildEvent(anEndedTransfer(over), endedAt);

const typeOfFailure = {
  InvalidInput: "transfer.failed",
  ProjectFailed: "transfer.failed",
  ProjectCanceled: "transfer.canceled",
  ProjectGone: "transfer.failed",
  DeadlineExceeded: "transfer.timed_out",
  Unauthorized: "transfer.failed",
  TransferFailed: "transfer.failed",
} as const;

/** An ended transfer of every type, with and without an output. */
const ends: Partial<EndedTransfer>[] = [
  { output: aTransferOutput() },
  { output: aTransferOutput({ outputs: [], manifest: null, deleted: "not-requested" }) },
  ...terminalErrorNames.flatMap((name) => [
    { failure: aFailure(name) },
    { failure: aFailure(name), output: aTransferOutput({ verdict: "pending", outputs: [], manifest: null }) },
  ]),
];

describe("the event of a transfer", () => {
  it("that is complete has its output, less what only the workflow needs", () => {
    const { announced: _, ...data } = aTransferOutput();
    expect(build({ output: aTransferOutput({ announced: true }) })).toEqual({
      type: "transfer.completed",
      timestamp: "2026-08-22T10:01:00.000Z",
      data: { ...data, execution: "run-1", error: null },
    });
  });

  it("that never reached the vendor says so", () => {
    expect(build({ failure: aFailure("Unauthorized", "the key is refused") })).toEqual({
      type: "transfer.failed",
      timestamp: "2026-08-22T10:01:00.000Z",
      data: {
        id: "cm1",
        execution: "run-1",
        verdict: null,
        status: null,
        project: null,
        outputs: [],
        manifest: null,
        deleted: "not-requested",
        polls: 0,
        startedAt: "2026-08-22T10:00:00.000Z",
        finishedAt: "2026-08-22T10:01:00.000Z",
        metadata: { order: 7 },
        error: { name: "Unauthorized", message: "the key is refused" },
      },
    });
  });

  it.each(terminalErrorNames)("that ended with %s has the type that belongs to it", (name) => {
    const event = build({ failure: aFailure(name, "why") });
    expect(event.type).toBe(typeOfFailure[name]);
    expect(event.data.error).toEqual({ name, message: "why" });
  });

  it("has each of the four types and no other", () => {
    expect(new Set(ends.map((end) => build(end).type))).toEqual(new Set(eventTypes));
  });

  it("has the same fields whatever its type", () => {
    const expected = Object.keys(build({ output: aTransferOutput() }).data).sort();
    for (const end of ends) {
      const event = build(end);
      expect(Object.keys(event)).toEqual(["type", "timestamp", "data"]);
      expect(Object.keys(event.data).sort()).toEqual(expected);
    }
  });

  it("takes id and metadata of the output over those of the input", () => {
    const input = { id: "other", metadata: { order: 8 } };
    expect(build({ input, output: aTransferOutput() }).data).toMatchObject({ id: "cm1", metadata: { order: 7 } });
  });

  it("is as it comes back from JSON", () => {
    for (const end of ends) expect(JSON.parse(JSON.stringify(build(end)))).toEqual(build(end));
  });
});

describe("the event of an invalid input", () => {
  const refused = (input: unknown) => build({ input, failure: aFailure("InvalidInput") }).data;

  const without = [null, undefined, true, 5, "cm1", [], [{ id: "cm1" }], {}, { id: null }, { id: 5 }, { id: ["cm1"] }];

  it.each(without.map((input) => [input]))("%j has no id and no metadata", (input) => {
    expect(refused(input)).toMatchObject({ id: null, metadata: {} });
  });

  it.each([
    ["../x", "../x"],
    ["", ""],
    ["a\u0000b\r\nc\u001b[31m", "a b c [31m"],
    ["\ud800", "\ufffd"],
    ["日本", "日本"],
    ["a".repeat(129), "a".repeat(128)],
    [signedUrl, "https://audio.magichour.ai/p/output.wav?[redacted]"],
    ["mhk_live_SECRET", "[redacted]"],
  ])("repeats the id %j, made safe", (id, expected) => {
    expect(refused({ id }).id).toBe(expected);
  });

  it.each([[null], [[]], ["x"], [5], [{ m: "x".repeat(4_096) }]])(
    "leaves out metadata that is none: %j",
    (metadata) => {
      expect(refused({ id: "cm1", metadata })).toMatchObject({ id: "cm1", metadata: {} });
    },
  );

  it("keeps metadata that is valid, whatever else is wrong", () => {
    expect(refused({ id: 5, unknown: true, metadata: { order: 7 } }).metadata).toEqual({ order: 7 });
    expect(refused([{ metadata: { order: 7 } }]).metadata).toEqual({});
  });

  it("survives metadata that is nested too deeply to be written", () => {
    const depth = 100_000;
    const input: unknown = JSON.parse(`{"metadata": {"m": ${"[".repeat(depth)}${"]".repeat(depth)}}}`);
    expect(refused(input)).toMatchObject({ metadata: {} });
  });
});

describe("what an event leaves out", () => {
  it("is every URL of the vendor", () => {
    const output = aTransferOutput({ project: summarize(aProject({ status: "error" })) });
    const failure = aFailure("TransferFailed", `GET ${signedUrl} answered 403`);
    const text = JSON.stringify(build({ output, failure }));
    expect(text).not.toContain("SECRET");
    expect(text).not.toContain("X-Goog");
    expect(JSON.stringify(build({ output }))).not.toContain("magichour.ai");
  });

  it("is what of a message exceeds 2,000 characters, and no half one is left", () => {
    const messageOf = (text: string) => build({ failure: aFailure("TransferFailed", text) }).data.error?.message;
    expect(messageOf("x".repeat(2_000))).toBe("x".repeat(2_000));
    expect(messageOf("x".repeat(2_001))).toBe("x".repeat(2_000));
    expect(messageOf(`${"x".repeat(1_999)}🎧`)).toBe(`${"x".repeat(1_999)}\ufffd`);
  });

  it("is all receipts, as soon as one more byte would exceed 20,000, and it says how many", () => {
    const empty = Buffer.byteLength(
      JSON.stringify(build({ output: aTransferOutput({ outputs: [aReceipt({ sourceName: "" })] }) })),
    );
    const ofBytes = (bytes: number) =>
      build({ output: aTransferOutput({ outputs: [aReceipt({ sourceName: "x".repeat(bytes - empty) })] }) });
    const fits = ofBytes(largestEventBytes);
    expect(Buffer.byteLength(JSON.stringify(fits))).toBe(20_000);
    expect(fits.data.outputs).toHaveLength(1);
    expect(fits.data).not.toHaveProperty("outputsOmitted");
    expect(ofBytes(largestEventBytes + 1).data).toMatchObject({ outputs: [], outputsOmitted: 1 });
  });

  it("is counted, also where the output had left it out before", () => {
    const omitted = aTransferOutput({ outputs: [], outputsOmitted: 1_000 });
    expect(build({ output: omitted }).data).toMatchObject({ outputs: [], outputsOmitted: 1_000 });
    const many = aTransferOutput({ outputs: Array.from({ length: 1_000 }, () => aReceipt()) });
    expect(build({ output: many }).data).toMatchObject({ outputs: [], outputsOmitted: 1_000 });
  });
});
