/** What holds of all events and their message ids; single cases are in event.test.ts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TerminalErrorName, terminalErrorNames } from "../../../functions/domain/errors.ts";
import { buildEvent, type EndedTransfer, largestEventBytes, messageIdOf } from "../../../functions/domain/event.ts";
import { largestMetadataBytes } from "../../../functions/domain/input.ts";
import { fitReceipts } from "../../../functions/domain/transfer-output.ts";
import { aReceipt } from "./domain-fixture.ts";
import {
  aFailure,
  anEndedTransfer,
  aTransferOutput,
  endedAt,
  hostileProject,
  hostileText,
} from "./notifier-fixture.ts";

/** Metadata of at most 4,096 bytes as JSON, often exactly so many. */
const metadatas = hostileText(4_096).map((text) => {
  let m = text;
  for (;;) {
    const excess = Buffer.byteLength(JSON.stringify({ m })) - largestMetadataBytes;
    if (excess <= 0) return { m };
    // A character is at most six bytes (\u0000), so that this never cuts too much.
    m = m.slice(0, -Math.ceil(excess / 6));
  }
});

const outputs = fc
  .record({
    count: fc.nat({ max: 1_000 }),
    sourceName: hostileText(255),
    project: hostileText(2_000).map(hostileProject),
    metadata: metadatas,
    key: fc.constantFrom("a", "k".repeat(512)).map((directory) => `${directory}/manifest.json`),
  })
  .map(({ count, sourceName, key, ...rest }) => {
    const receipts = Array.from({ length: count }, () => aReceipt({ sourceName }));
    const manifest = { bucket: "b".repeat(63), key };
    return aTransferOutput({
      ...rest,
      id: "c".repeat(64),
      status: "s".repeat(100),
      manifest,
      ...fitReceipts(receipts),
    });
  });

const failures = fc
  .tuple(fc.constantFrom(...terminalErrorNames), hostileText(3_000))
  .map(([name, message]) => aFailure(name, message));

const ended: fc.Arbitrary<EndedTransfer> = fc
  .record(
    {
      execution: fc.constantFrom({ name: "日".repeat(80), startedAt: "2026-08-22T10:00:00.000Z" }),
      input: fc.oneof(fc.jsonValue(), fc.record({ id: hostileText(300), metadata: metadatas })),
      output: outputs,
      failure: failures,
    },
    { requiredKeys: ["execution", "input"] },
  )
  .map((transfer) => anEndedTransfer(transfer));

describe("any event", () => {
  it("is at most 20,000 bytes, and every receipt is in it or counted", () => {
    fc.assert(
      fc.property(ended, (transfer) => {
        const event = buildEvent(transfer, endedAt);
        const text = JSON.stringify(event);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(largestEventBytes);
        expect(text.isWellFormed() && JSON.parse(text)).toEqual(event);
        const before = transfer.output?.outputsOmitted ?? transfer.output?.outputs.length ?? 0;
        expect(event.data.outputsOmitted ?? event.data.outputs.length).toBe(before);
      }),
    );
  });

  it("at its longest is still at most 20,000 bytes", () => {
    const manifest = { bucket: "b".repeat(63), key: `${"k".repeat(512)}/manifest.json` };
    const metadata = { m: "m".repeat(4_088) };
    const project = hostileProject("日".repeat(2_000));
    const output = aTransferOutput({ id: "c".repeat(64), status: "日".repeat(100), project, manifest, metadata });
    const execution = { name: "日".repeat(80), startedAt: "2026-08-22T10:00:00.000Z" };
    for (const letter of ["\u0000", "\u0000x", "\n", '"', "\\", "\u007f", "\u2028", "日", "🎧", "\ud800"]) {
      const failure = aFailure("TransferFailed", letter.repeat(3_000));
      const event = buildEvent(anEndedTransfer({ execution, output, failure }), endedAt);
      expect(Buffer.byteLength(JSON.stringify(event)), JSON.stringify(letter)).toBeLessThanOrEqual(largestEventBytes);
      expect(event.data.metadata).toEqual(metadata);
    }
  });

  it("has an id without a dot, of 44 characters, that does not depend on when it is computed", () => {
    fc.assert(
      fc.property(ended, fc.nat({ max: 4_000_000_000_000 }), (transfer, now) => {
        const id = messageIdOf(buildEvent(transfer, endedAt));
        expect(id).toMatch(/^msg_[0-9a-f]{40}$/);
        expect(messageIdOf(buildEvent(transfer, now))).toBe(id);
        expect(messageIdOf(JSON.parse(JSON.stringify(buildEvent(transfer, endedAt))))).toBe(id);
      }),
      { numRuns: 50 },
    );
  });
});

describe("the message id", () => {
  const idOf = (over: Partial<EndedTransfer>) => messageIdOf(buildEvent(anEndedTransfer(over), endedAt));
  const execution = (name: string) => ({ name, startedAt: "2026-08-23T10:00:00.000Z" });
  const failed = (name: TerminalErrorName, over: Partial<EndedTransfer> = {}) =>
    idOf({ failure: aFailure(name), output: aTransferOutput({ manifest: null, outputs: [] }), ...over });
  const manifest = { bucket: "outputs", key: "elsewhere/manifest.json" };

  it("of a completion into one place is one, whoever transferred it and whatever else the output says", () => {
    const first = idOf({ output: aTransferOutput() });
    const again = aTransferOutput({ polls: 1, status: null, metadata: {}, finishedAt: "2027-01-01T00:00:00.000Z" });
    expect(idOf({ output: again, execution: execution("run-2"), input: { id: "cm1" } })).toBe(first);
    expect(idOf({ output: aTransferOutput({ outputs: [], outputsOmitted: 1 }) })).toBe(first);
  });

  it("of a completion without a copy is one, and is not that of one with a copy", () => {
    const uncopied = aTransferOutput({ outputs: [], manifest: null });
    expect(idOf({ output: uncopied, execution: execution("run-2") })).toBe(idOf({ output: uncopied }));
    expect(idOf({ output: uncopied })).not.toBe(idOf({ output: aTransferOutput() }));
  });

  it.each(["ProjectFailed", "ProjectCanceled"] as const)("of %s is one, whoever transferred it", (name) => {
    const first = failed(name);
    expect(failed(name, { execution: execution("run-2") })).toBe(first);
    expect(failed(name, { failure: aFailure(name, "other words") })).toBe(first);
    expect(failed(name, { output: aTransferOutput() })).toBe(first);
  });

  it.each(["DeadlineExceeded", "TransferFailed", "Unauthorized", "ProjectGone", "InvalidInput"] as const)(
    "of %s is another for another execution, the same for the same",
    (name) => {
      expect(failed(name, { execution: execution("run-2") })).not.toBe(failed(name));
      expect(failed(name, { execution: execution("run-1") })).toBe(failed(name));
    },
  );

  it("is another for each place, project, type and error, and for no project at all", () => {
    const noId = { input: {}, failure: aFailure("InvalidInput") };
    const ids = [
      idOf({ output: aTransferOutput() }),
      idOf({ output: aTransferOutput({ manifest }) }),
      idOf({ output: aTransferOutput({ manifest: { ...manifest, bucket: "other" } }) }),
      idOf({ output: aTransferOutput({ id: "cm2" }) }),
      ...terminalErrorNames.map((name) => failed(name)),
      ...terminalErrorNames.map((name) => failed(name, { output: aTransferOutput({ id: "cm2" }) })),
      idOf(noId),
      idOf({ ...noId, execution: execution("run-2") }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("cannot be made to meet by moving text from one fact to the next", () => {
    const facts = fc.tuple(fc.string(), fc.string(), fc.string());
    const idOfPlace = ([id, bucket, key]: [string, string, string]) =>
      idOf({ output: aTransferOutput({ id, manifest: { bucket, key } }) });
    const at = (text: string, one: number, two: number): [string, string, string] => {
      const [from, to] = [Math.min(one, two), Math.max(one, two)];
      return [text.slice(0, from), text.slice(from, to), text.slice(to)];
    };
    fc.assert(
      fc.property(facts, fc.nat({ max: 30 }), fc.nat({ max: 30 }), (place, one, two) => {
        const moved = at(place.join(""), one, two);
        expect(idOfPlace(moved) === idOfPlace(place)).toBe(JSON.stringify(moved) === JSON.stringify(place));
      }),
    );
  });
});
