import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  buildManifest,
  formatManifest,
  listsExactly,
  type Manifest,
  parseManifest,
  recordsSameBytes,
} from "../../../functions/domain/manifest.ts";
import type { PlannedOutput } from "../../../functions/domain/output.ts";
import type { Receipt } from "../../../functions/domain/receipt.ts";
import { anOutput, aProject, aReceipt } from "./domain-fixture.ts";

const now = Date.UTC(2026, 7, 22, 10, 0, 0);
const manifestOf = (...outputs: Receipt[]) => buildManifest(aProject(), outputs, now);

/** The output and its receipt at a position, all different from those of other positions. */
const outputAt = (index: number): PlannedOutput =>
  anOutput({ index, key: `d/${index}-o.wav`, sourceName: `o${index}.wav`, sourceId: `${index}`.repeat(32) });
const receiptAt = (index: number, over: Partial<Receipt> = {}): Receipt => {
  const { key, sourceName, sourceId } = outputAt(index);
  return aReceipt({ key, sourceName, sourceId, ...over });
};

describe("buildManifest", () => {
  it("holds the project, the receipts and the time, and no download URL", () => {
    expect(manifestOf(aReceipt())).toEqual({
      schemaVersion: 1,
      project: {
        id: "cm1",
        name: "Hello",
        type: "VOICE_GENERATOR",
        createdAt: "2026-08-22T10:00:00.000Z",
        creditsCharged: 5,
        enabled: true,
        error: null,
      },
      outputs: [aReceipt()],
      createdAt: "2026-08-22T10:00:00.000Z",
    });
    expect(formatManifest(manifestOf(aReceipt()))).not.toContain("SECRET");
  });
});

describe("parseManifest", () => {
  const text = formatManifest(manifestOf(aReceipt()));
  const changed = (path: readonly string[], value: unknown): string => {
    const manifest: unknown = JSON.parse(text);
    let parent = manifest as Record<string, unknown>;
    for (const name of path.slice(0, -1)) parent = parent[name] as Record<string, unknown>;
    parent[path.at(-1) ?? ""] = value;
    return JSON.stringify(manifest);
  };

  it("reads what formatManifest wrote", () => {
    expect(parseManifest(text)).toEqual(manifestOf(aReceipt()));
    expect(text.endsWith("}\n")).toBe(true);
  });

  it("reads a receipt without version", () => {
    const { versionId, ...unversioned } = aReceipt();
    expect(versionId).toBe("v1");
    expect(parseManifest(formatManifest(manifestOf(unversioned)))?.outputs).toStrictEqual([unversioned]);
  });

  it("drops fields that it does not know", () => {
    expect(parseManifest(changed(["later"], 1))).toEqual(manifestOf(aReceipt()));
  });

  it.each([
    ["another version", ["schemaVersion"], 2],
    ["a version as text", ["schemaVersion"], "1"],
    ["no outputs", ["outputs"], []],
    ["outputs that are no array", ["outputs"], { 0: aReceipt() }],
    ["no project", ["project"], null],
    ["no project id", ["project", "id"], undefined],
    ["a project id that is no text", ["project", "id"], 5],
    ["no creation time", ["createdAt"], null],
    ["no size", ["outputs", "0", "bytes"], undefined],
    ["an empty output", ["outputs", "0", "bytes"], 0],
    ["a negative size", ["outputs", "0", "bytes"], -1],
    ["half a byte", ["outputs", "0", "bytes"], 1.5],
    ["a short SHA-256", ["outputs", "0", "sha256"], "ab".repeat(31)],
    ["a SHA-256 in capitals", ["outputs", "0", "sha256"], "AB".repeat(32)],
    ["another checksum", ["outputs", "0", "checksum", "algorithm"], "CRC32C"],
    ["a checksum of another length", ["outputs", "0", "checksum", "value"], "AAAAAAAAAAA="],
    ["a composite checksum", ["outputs", "0", "checksum", "value"], "AAAAAA==-2"],
    ["no key", ["outputs", "0", "key"], null],
    ["no source", ["outputs", "0", "sourceId"], undefined],
    ["a version that is no text", ["outputs", "0", "versionId"], null],
  ])("refuses one with %s", (_what, path, value) => {
    expect(parseManifest(changed(path, value))).toBeUndefined();
  });

  it.each(["", "{}", "[]", "null", "1", '"x"', "{", "<Error/>", text.slice(0, -3), `${text}x`, "[".repeat(100_000)])(
    "refuses other text",
    (other) => {
      expect(parseManifest(other)).toBeUndefined();
    },
  );

  it("gives back any manifest that was formatted", () => {
    const word = fc.option(fc.string({ unit: "grapheme" }), { nil: null });
    const receipts = fc.record(
      {
        bucket: fc.string(),
        key: fc.string(),
        versionId: fc.string(),
        bytes: fc.integer({ min: 1 }),
        sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
        checksum: fc.record({
          algorithm: fc.constant("CRC32" as const),
          value: fc.stringMatching(/^[A-Za-z0-9+/]{6}==$/),
        }),
        contentType: fc.string(),
        sourceName: fc.string({ unit: "binary" }),
        sourceId: fc.string(),
      },
      {
        noNullPrototype: true,
        requiredKeys: ["bucket", "key", "bytes", "sha256", "checksum", "contentType", "sourceName", "sourceId"],
      },
    );
    const projects = fc
      .record({
        name: word,
        type: word,
        creditsCharged: fc.option(fc.nat(), { nil: null }),
        error: fc.option(fc.record({ code: word, message: word }), { nil: null }),
      })
      .map(aProject);
    fc.assert(
      fc.property(projects, fc.array(receipts, { minLength: 1, maxLength: 5 }), (project, outputs) => {
        const manifest = buildManifest(project, outputs, now);
        expect(parseManifest(formatManifest(manifest))).toEqual(manifest);
      }),
    );
  });

  it("never throws: any other text, and any JSON, is undefined", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json()), (other) => {
        expect(parseManifest(other)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it("never throws on a manifest that was cut or has one character changed", () => {
    fc.assert(
      fc.property(fc.nat({ max: text.length }), fc.string({ maxLength: 2 }), fc.boolean(), (at, other, cut) => {
        const damaged = text.slice(0, at) + other + (cut ? "" : text.slice(at + 1));
        const parsed = parseManifest(damaged);
        expect(parsed === undefined || parsed.outputs.length === 1).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("listsExactly", () => {
  const manifest = manifestOf(receiptAt(0), receiptAt(1), receiptAt(2));
  const all = [outputAt(0), outputAt(1), outputAt(2)];

  it("is true for the same outputs in the same order, however they are signed", () => {
    expect(listsExactly(manifest, all)).toBe(true);
    expect(
      listsExactly(
        manifest,
        all.map((output) => ({ ...output, url: "https://h.example/fresh" })),
      ),
    ).toBe(true);
  });

  it.each([
    ["the first missing", [outputAt(1), outputAt(2)]],
    ["the last missing", [outputAt(0), outputAt(1)]],
    ["all missing", []],
    ["one more", [...all, outputAt(3)]],
    ["two exchanged", [outputAt(1), outputAt(0), outputAt(2)]],
    ["one twice", [outputAt(0), outputAt(0), outputAt(2)]],
    ["one renamed", [outputAt(0), { ...outputAt(1), sourceName: "other.wav" }, outputAt(2)]],
    ["one elsewhere", [outputAt(0), { ...outputAt(1), key: "d/1-other.wav" }, outputAt(2)]],
    ["one from another source", [outputAt(0), outputAt(1), { ...outputAt(2), sourceId: "f".repeat(32) }]],
  ])("is false with %s", (_what, outputs) => {
    expect(listsExactly(manifest, outputs)).toBe(false);
  });

  it("of all choices and orders of outputs is true for one only", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 4 }), { maxLength: 5 }), (indexes) => {
        expect(listsExactly(manifest, indexes.map(outputAt))).toBe(indexes.join() === "0,1,2");
      }),
      { numRuns: 300, examples: [[[0, 1, 2]]] },
    );
  });
});

describe("recordsSameBytes", () => {
  const one = manifestOf(receiptAt(0), receiptAt(1));
  const other = (over: Partial<Receipt>): Manifest => manifestOf(receiptAt(0), receiptAt(1, over));

  it("does not look at versions, times or what the vendor says of the project", () => {
    expect(recordsSameBytes(one, one)).toBe(true);
    expect(recordsSameBytes(one, other({ versionId: "v2", contentType: "audio/x-wav" }))).toBe(true);
    const later = buildManifest(aProject({ name: "Renamed", enabled: false }), one.outputs, now + 1);
    expect(recordsSameBytes(one, later)).toBe(true);
  });

  it.each([{ bytes: 45 }, { sha256: "cd".repeat(32) }, { key: "d/1-x.wav" }, { sourceId: "f".repeat(32) }])(
    "differs by %j",
    (over) => {
      expect(recordsSameBytes(one, other(over))).toBe(false);
      expect(recordsSameBytes(other(over), one)).toBe(false);
    },
  );

  it("differs by project, by number and by order", () => {
    expect(recordsSameBytes(one, buildManifest(aProject({ id: "cm2" }), one.outputs, now))).toBe(false);
    expect(recordsSameBytes(one, manifestOf(receiptAt(0)))).toBe(false);
    expect(recordsSameBytes(one, manifestOf(receiptAt(1), receiptAt(0)))).toBe(false);
  });
});
