import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidInput } from "../../../functions/domain/errors.ts";
import { longestId, parseInput } from "../../../functions/domain/input.ts";
import { canonicalInput, longestTransferName, transferNameOf } from "../../../functions/domain/transfer-name.ts";

describe("a transfer's name", () => {
  test("is the project's id and fifteen digits of the input's hash, the same for ever", () => {
    // A change of this literal would start every transfer a second time that a webhook repeats.
    expect(transferNameOf({ id: "cm1" })).toBe("cm1-deea5db2c70f8be");
  });

  test("is a name that Step Functions takes, also of the longest id", () => {
    expect(transferNameOf({ id: "x".repeat(longestId) })).toHaveLength(longestTransferName);
  });

  test("is one for all spellings of an input, and another for another input", () => {
    const spelled = { waitForCompletion: true, metadata: { b: [{ y: 1, x: 2 }], a: 1 }, id: "cm1" };
    const otherwise = { id: "cm1", metadata: { a: 1, b: [{ x: 2, y: 1 }] }, downloadDirectory: "audio-projects/cm1" };
    expect(transferNameOf(spelled)).toBe(transferNameOf(otherwise));
    expect(transferNameOf({ ...spelled, deleteAfterDownload: true })).not.toBe(transferNameOf(spelled));
    expect(transferNameOf({ ...spelled, metadata: { b: [{ x: 2, y: 1 }, 1], a: 1 } })).not.toBe(
      transferNameOf(spelled),
    );
  });

  test("is another one where the deadline is named, whatever it is: the stack may have another default", () => {
    const names = [{}, { deadlineSeconds: 86_400 }, { deadlineSeconds: 60 }].map((given) =>
      transferNameOf({ id: "cm1", ...given }),
    );
    expect(new Set(names).size).toBe(3);
  });

  test("is another one for another occasion, and the same for the same", () => {
    const names = ["", "audio.completed", "audio.errored"].map((occasion) => transferNameOf({ id: "cm1" }, occasion));
    expect(new Set(names).size).toBe(3);
    expect(transferNameOf({ id: "cm1" }, "audio.completed")).toBe(names[1]);
  });

  test("is not given to what is no input", () => {
    expect(() => transferNameOf({ id: "../x" })).toThrow(InvalidInput);
    expect(() => canonicalInput({ id: "cm1", ID: "cm1" })).toThrow(InvalidInput);
  });
});

test("a canonical input means what the input means, in whatever order its metadata are", () => {
  const metadata = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), {
    maxKeys: 4,
  });
  fc.assert(
    fc.property(metadata, (given) => {
      const input = { id: "cm1", metadata: JSON.parse(JSON.stringify(given)) as object };
      const turned = { metadata: Object.fromEntries(Object.entries(input.metadata).reverse()), id: "cm1" };
      const canonical = canonicalInput(input);
      expect(canonicalInput(turned)).toBe(canonical);
      expect(parseInput(JSON.parse(canonical))).toEqual(parseInput(input));
      expect(canonicalInput(JSON.parse(canonical))).toBe(canonical);
    }),
  );
});
