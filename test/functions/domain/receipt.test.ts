import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isReceiptOf, matchesReceipt, type StoredObject } from "../../../functions/domain/receipt.ts";
import { anOutput, aReceipt } from "./domain-fixture.ts";

describe("isReceiptOf", () => {
  it("knows its output by key, source and name", () => {
    expect(isReceiptOf(aReceipt(), anOutput())).toBe(true);
  });

  it.each([{ key: "audio-projects/cm1/1-output.wav" }, { sourceId: "f".repeat(32) }, { sourceName: "Output.wav" }])(
    "refuses an output with %j",
    (over) => {
      expect(isReceiptOf(aReceipt(), anOutput(over))).toBe(false);
    },
  );

  it("does not look at the signed URL, which differs at every GET", () => {
    const url = "https://audio.magichour.ai/p/output.wav?X-Goog-Signature=OTHER";
    expect(isReceiptOf(aReceipt(), anOutput({ url }))).toBe(true);
  });
});

describe("matchesReceipt", () => {
  const stored: StoredObject = { bytes: 44, crc32: "AAAAAA==", contentType: "audio/wav", metadata: {} };

  it("wants size and full-object checksum", () => {
    expect(matchesReceipt(stored, aReceipt())).toBe(true);
    expect(matchesReceipt({ ...stored, versionId: "v2", contentType: "audio/mpeg" }, aReceipt())).toBe(true);
  });

  it.each([
    ["nothing", undefined],
    ["one byte less", { ...stored, bytes: 43 }],
    ["one byte more", { ...stored, bytes: 45 }],
    ["another checksum", { ...stored, crc32: "AAAAAQ==" }],
    ["no checksum", { bytes: 44, contentType: "audio/wav", metadata: {} }],
    ["an undefined checksum", { ...stored, crc32: undefined }],
  ])("refuses %s", (_what, object) => {
    expect(matchesReceipt(object, aReceipt())).toBe(false);
  });

  it("never accepts another size or checksum", () => {
    fc.assert(
      fc.property(fc.nat(), fc.option(fc.base64String(), { nil: undefined }), (bytes, crc32) => {
        const isSame = bytes === 44 && crc32 === "AAAAAA==";
        expect(matchesReceipt({ ...stored, bytes, crc32 }, aReceipt())).toBe(isSame);
      }),
    );
  });
});
