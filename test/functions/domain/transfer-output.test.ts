import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildManifest } from "../../../functions/domain/manifest.ts";
import { summarize } from "../../../functions/domain/project.ts";
import {
  afterCopy,
  afterDelete,
  afterPoll,
  copyFigures,
  fitReceipts,
  largestReceiptsBytes,
  type TransferOutput,
} from "../../../functions/domain/transfer-output.ts";
import { noPolls, type Observation } from "../../../functions/domain/verdict.ts";
import { aProject, aReceipt, aTransfer } from "./domain-fixture.ts";

const startedAt = "2026-08-22T10:00:00.000Z";
const now = Date.UTC(2026, 7, 22, 10, 1, 0);

/** The output after a poll that found this, the third. */
function polled(observation: Observation, previous?: TransferOutput): TransferOutput {
  const decision = { verdict: "complete", counts: { ...noPolls, polls: 3 } } as const;
  return afterPoll(aTransfer({ metadata: { order: 7 } }), observation, decision, { startedAt, now, previous });
}

const found: Observation = { kind: "project", project: aProject() };

describe("afterPoll", () => {
  it("says what is known of the project, and nothing of where its outputs are", () => {
    expect(polled(found)).toEqual({
      id: "cm1",
      verdict: "complete",
      status: "complete",
      project: summarize(aProject()),
      outputs: [],
      manifest: null,
      deleted: "not-requested",
      polls: 3,
      startedAt,
      finishedAt: "2026-08-22T10:01:00.000Z",
      announced: false,
      metadata: { order: 7 },
    });
    expect(JSON.stringify(polled(found))).not.toContain("SECRET");
  });

  const unreached: Observation[] = [{ kind: "not-found" }, { kind: "unavailable", reason: "HTTP 503" }];

  it.each(unreached)("knows nothing when the vendor was never reached: $kind", (observation) => {
    expect(polled(observation)).toMatchObject({ status: null, project: null, polls: 3 });
  });

  it.each(unreached)("keeps what an earlier poll found: $kind", (observation) => {
    const previous = polled({ kind: "project", project: aProject({ status: "queued" }) });
    expect(polled(observation, previous)).toMatchObject({ status: "queued", project: previous.project });
  });

  it("takes what this poll found over what an earlier one did", () => {
    const previous = polled({ kind: "project", project: aProject({ status: "queued", name: "Old" }) });
    expect(polled(found, previous)).toMatchObject({ status: "complete", project: { name: "Hello" } });
  });
});

describe("afterCopy", () => {
  const manifest = buildManifest(aProject(), [aReceipt()], now);
  const place = { bucket: "outputs", key: "audio-projects/cm1/manifest.json" };
  const copied = { manifest, ...place, project: summarize(aProject()), status: "complete" };
  const before = polled({ kind: "not-found" });

  it("holds the receipts and where the manifest is", () => {
    expect(afterCopy(before, aTransfer(), copied, now + 1_000)).toEqual({
      ...before,
      verdict: "complete",
      status: "complete",
      project: summarize(aProject()),
      outputs: [aReceipt()],
      manifest: place,
      deleted: "not-requested",
      finishedAt: "2026-08-22T10:01:01.000Z",
    });
  });

  it("has no status when the manifest answers for a project that is gone", () => {
    expect(afterCopy(before, aTransfer(), { ...copied, status: null }, now)).toMatchObject({
      verdict: "complete",
      status: null,
    });
  });

  it("has a deletion pending that was asked for, until it is done", () => {
    const pending = afterCopy(before, aTransfer({ deleteAfterDownload: true }), copied, now);
    expect(pending.deleted).toBe("pending");
    expect(afterDelete(pending, now + 2_000)).toEqual({
      ...pending,
      deleted: "yes",
      finishedAt: "2026-08-22T10:01:02.000Z",
    });
  });

  it("names the number of receipts that it has no room for", () => {
    const many = Array.from({ length: 1_000 }, () => aReceipt());
    const output = afterCopy(before, aTransfer(), { ...copied, manifest: buildManifest(aProject(), many, now) }, now);
    expect(output).toMatchObject({ outputs: [], outputsOmitted: 1_000, manifest: place });
  });
});

describe("copyFigures", () => {
  it("adds up the bytes, and counts the seconds from the poll that saw the project complete", () => {
    const manifest = buildManifest(aProject(), [aReceipt({ bytes: 5 }), aReceipt({ bytes: 7 })], now);
    expect(copyFigures(manifest, polled(found), now + 1_500)).toEqual({ outputs: 2, bytes: 12, seconds: 1.5 });
  });

  it("never counts below nothing, where two functions' clocks differ", () => {
    const manifest = buildManifest(aProject(), [aReceipt()], now);
    expect(copyFigures(manifest, polled(found), now - 1).seconds).toBe(0);
  });
});

describe("fitReceipts", () => {
  /** Receipts of exactly so many bytes as JSON, the last character a letter of so many bytes. */
  function ofBytes(bytes: number, letter = "x"): [ReturnType<typeof aReceipt>] {
    const empty = Buffer.byteLength(JSON.stringify([aReceipt({ sourceName: letter })]));
    return [aReceipt({ sourceName: letter + "x".repeat(bytes - empty) })];
  }

  it("keeps 131,072 bytes and omits 131,073", () => {
    expect(largestReceiptsBytes).toBe(131_072);
    for (const letter of ["x", "é", "🎧"]) {
      const fits = ofBytes(largestReceiptsBytes, letter);
      expect(fitReceipts(fits)).toEqual({ outputs: fits });
      expect(fitReceipts(ofBytes(largestReceiptsBytes + 1, letter))).toEqual({ outputs: [], outputsOmitted: 1 });
    }
  });

  it("of none is none", () => {
    expect(fitReceipts([])).toEqual({ outputs: [] });
  });

  it("keeps all or none, and never more bytes than allowed", () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000 }), fc.string({ unit: "binary", maxLength: 300 }), (count, sourceName) => {
        const receipts = Array.from({ length: count }, () => aReceipt({ sourceName }));
        const { outputs, outputsOmitted } = fitReceipts(receipts);
        expect(Buffer.byteLength(JSON.stringify(outputs))).toBeLessThanOrEqual(largestReceiptsBytes);
        expect(outputsOmitted === undefined ? outputs.length : outputsOmitted).toBe(count);
        expect(outputs.length === 0 || outputsOmitted === undefined).toBe(true);
      }),
    );
  });
});
