/** What holds of all inputs; single cases are in input.test.ts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidInput } from "../../../functions/domain/errors.ts";
import { largestMetadataBytes, longestDeadlineSeconds, parseInput } from "../../../functions/domain/input.ts";
import { manifestKey, outputKey } from "../../../functions/domain/object-key.ts";

const ids = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const directories = fc
  .array(
    fc.stringMatching(/^[A-Za-z0-9!_.\-=@+,]{1,60}$/).filter((segment) => segment !== "." && segment !== ".."),
    { minLength: 1, maxLength: 8 },
  )
  .map((segments) => segments.join("/"));

const validInputs = fc
  .record(
    {
      id: ids,
      waitForCompletion: fc.boolean(),
      downloadOutputs: fc.boolean(),
      downloadDirectory: directories,
      deleteAfterDownload: fc.boolean(),
      deadlineSeconds: fc.integer({ min: 1, max: longestDeadlineSeconds }),
      metadata: fc
        .dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 })
        .filter((metadata) => Buffer.byteLength(JSON.stringify(metadata)) <= largestMetadataBytes),
    },
    { requiredKeys: ["id"] },
  )
  .filter(({ deleteAfterDownload, downloadOutputs }) => !deleteAfterDownload || downloadOutputs !== false)
  .map((input): unknown => JSON.parse(JSON.stringify(input)));

/** Any JSON, and objects whose fields have the right names and any values. */
const anyInputs = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      id: fc.oneof(ids, fc.jsonValue()),
      downloadOutputs: fc.oneof(fc.boolean(), fc.jsonValue()),
      downloadDirectory: fc.oneof(directories, fc.jsonValue()),
      deleteAfterDownload: fc.oneof(fc.boolean(), fc.jsonValue()),
      deadlineSeconds: fc.oneof(fc.integer(), fc.jsonValue()),
      metadata: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()),
      other: fc.jsonValue(),
    },
    { requiredKeys: [] },
  ),
);

describe("of all inputs", () => {
  it("a valid one is parsed, and parsing it again changes nothing", () => {
    fc.assert(
      fc.property(validInputs, (raw) => {
        const input = parseInput(raw);
        expect(input).toMatchObject(raw as object);
        expect(parseInput(input)).toEqual(input);
        expect(parseInput(JSON.parse(JSON.stringify(input)))).toEqual(input);
      }),
    );
  });

  it("any other is refused with InvalidInput and nothing else", () => {
    fc.assert(
      fc.property(anyInputs, (raw) => {
        try {
          parseInput(raw);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInput);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("an accepted one gives keys that stay where they belong, whatever the outputs are called", () => {
    const hostile = fc.string({
      unit: fc.constantFrom("a", ".", "..", "/", "//", "%2f", "\\", "\u0000", "é"),
      maxLength: 20,
    });
    const given = fc.record({
      id: fc.oneof(ids, hostile),
      downloadDirectory: fc.option(fc.oneof(directories, hostile), { nil: undefined }),
    });
    const names = fc.oneof(hostile, fc.string({ unit: "binary", maxLength: 200 }));
    let accepted = 0;
    fc.assert(
      fc.property(given, fc.nat({ max: 999 }), names, (raw, index, name) => {
        let directory: string;
        try {
          directory = parseInput(raw).downloadDirectory;
        } catch {
          return;
        }
        accepted += 1;
        for (const key of [outputKey(directory, index, name), manifestKey(directory)]) {
          expect(key.split("/").filter((segment) => segment === "" || segment === "." || segment === "..")).toEqual([]);
          expect(key).toMatch(/^[\x21-\x7e]+$/);
          expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1_024);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
