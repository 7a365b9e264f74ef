/** What the document says of requests is what the handlers take: each body and key is held against both. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readStart } from "../../functions/domain/api-request.ts";
import { longestEndpoint, mostEndpoints } from "../../functions/domain/endpoint.ts";
import {
  largestMetadataBytes,
  longestDeadlineSeconds,
  longestDirectory,
  longestId,
  parseInput,
} from "../../functions/domain/input.ts";
import { longestTransferName } from "../../functions/domain/transfer-name.ts";
import { parseVendorEvent } from "../../functions/domain/vendor-webhook.ts";
import { openApi, type Schema, schemaProblems } from "./openapi-document.ts";

const { schemas, parameters } = openApi.components;

/** A schema of the document by its name. */
function schema(name: string): Schema {
  const found = schemas[name];
  if (found) return found;
  throw new Error(`no schema ${name}`);
}

/** Whether it throws nothing. */
function passes(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

describe("the schema of an input and the handler", () => {
  const accepts = (input: unknown) => ({
    schema: schemaProblems(schema("TransferInput"), input).length === 0,
    handler: passes(() => parseInput(input)),
  });

  const bounded = (most: number) => fc.constantFrom("", "a".repeat(most), "a".repeat(most + 1));
  const segment = fc.constantFrom(
    "a",
    "",
    ".",
    "..",
    "...",
    "a.b",
    ".a",
    "_cleanup",
    "_cleanups",
    "é",
    "a b",
    "@+,=!",
    "\\",
  );
  const anything = fc.constantFrom(null, 0, 1, true, "", [], {});
  const url = fc.constantFrom(
    "https://hooks.example.com/a?b=c",
    "HTTPS://example.com",
    "http://127.0.0.1:1",
    "https://user@example.com/",
    "https://@example.com/",
    "https://example.com/@",
    "https://example.com/#a",
    "https://example.com/a b",
    "https:///example.com",
    "https://?a",
    "ftp://example.com",
    "https://example.com/\\",
    "https://exämple.com/",
    "https://example.com/".padEnd(longestEndpoint, "a"),
    "https://example.com/".padEnd(longestEndpoint + 1, "a"),
  );
  const field = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.oneof({ weight: 3, arbitrary }, anything);
  const input = fc.record(
    {
      id: fc.oneof(fc.constant("cm1"), fc.constant("cm1"), bounded(longestId), fc.constantFrom("a/b", "ä"), anything),
      waitForCompletion: field(fc.boolean()),
      downloadOutputs: field(fc.boolean()),
      downloadDirectory: fc.oneof(
        bounded(longestDirectory),
        fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join("/")),
        anything,
      ),
      deleteAfterDownload: field(fc.boolean()),
      deadlineSeconds: field(
        fc.constantFrom(1, 86_400, longestDeadlineSeconds, longestDeadlineSeconds + 1, 0, -1, 1.5),
      ),
      notify: field(
        fc.oneof(fc.array(url, { maxLength: 2 }), fc.constant(Array(mostEndpoints + 1).fill("https://a.example"))),
      ),
      metadata: field(
        fc.constantFrom(
          { order: 1 },
          { a: "x".repeat(largestMetadataBytes - 8) },
          { a: "x".repeat(largestMetadataBytes - 7) },
        ),
      ),
      other: anything,
    },
    { requiredKeys: [] },
  );

  it("agree on every one", () => {
    const seen = { true: 0, false: 0 };
    const one = (value: unknown) => {
      const { schema: bySchema, handler } = accepts(value);
      seen[`${handler}`] += 1;
      expect({ value, accepted: bySchema }).toEqual({ value, accepted: handler });
    };
    fc.assert(fc.property(input, one), { numRuns: 2_000, seed: 4 });
    // One field at a time, beside an id: so that every value is seen where nothing else is wrong.
    fc.assert(
      fc.property(input, fc.nat(8), (value, at) => {
        const name = Object.keys(value)[at % Math.max(1, Object.keys(value).length)] ?? "id";
        one({ id: "cm1", [name]: value[name as keyof typeof value] });
      }),
      { numRuns: 2_000, seed: 4 },
    );
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(300);
  });

  it.each([[null], [[]], ["cm1"], [1], [{}]])("refuse %j", (value) => {
    expect(accepts(value)).toEqual({ schema: false, handler: false });
  });

  it.each([
    "order-7412",
    "a".repeat(longestTransferName),
    "a".repeat(longestTransferName + 1),
    "",
    "a b",
    "a,b",
    "ä",
    "cleanup-1",
    "cleanup",
    "Cleanup-1",
  ])("agree on the Idempotency-Key %j", (key) => {
    const parameter = parameters["IdempotencyKey"];
    const request = { headers: { "idempotency-key": key }, rawQueryString: "", body: '{"id":"cm1"}' };
    const isAccepted = passes(() => readStart({ ...request, isBase64Encoded: false }));
    expect(schemaProblems(parameter?.schema ?? {}, key).length === 0).toBe(isAccepted);
  });
});

describe("the schema of the vendor's events and the handler", () => {
  it.each([
    { type: "audio.completed", payload: { id: "cm1", status: "complete" } },
    { type: "audio.errored", object: { id: "cm1" } },
    { type: "audio.completed", payload: { id: "a/b" } },
    { type: "audio.completed", payload: {}, object: { id: "cm1" } },
    { type: "audio.completed" },
    { type: "audio.started" },
    { type: "video.completed", payload: "any" },
    { type: "" },
    { payload: { id: "cm1" } },
  ])("agree on %j", (event) => {
    const isAccepted = passes(() => parseVendorEvent(Buffer.from(JSON.stringify(event))));
    expect(schemaProblems(schema("VendorEvent"), event).length === 0).toBe(isAccepted);
  });
});
