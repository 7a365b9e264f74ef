import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidInput } from "../../../functions/domain/errors.ts";
import { parseVendorEvent } from "../../../functions/domain/vendor-webhook.ts";

const read = (event: unknown) => parseVendorEvent(Buffer.from(JSON.stringify(event)));

describe("the vendor's event", () => {
  it.each(["audio.completed", "audio.errored"])("%s settles a project", (type) => {
    const payload = {
      id: "cm3abc",
      status: "complete",
      downloads: [{ url: "https://example.com/?X-Goog-Signature=1" }],
    };
    expect(read({ type, payload })).toEqual({ type, settled: true, id: "cm3abc" });
    // One of the vendor's texts has another name for it.
    expect(read({ type, object: payload })).toEqual({ type, settled: true, id: "cm3abc" });
    expect(read({ type, payload, object: { id: "another" } })).toEqual({ type, settled: true, id: "cm3abc" });
  });

  it.each(["audio.started", "audio.canceled", "video.completed", "image.errored", "Audio.Completed", "constructor"])(
    "%s settles none, and needs no project",
    (type) => {
      expect(read({ type, payload: { id: "cm3abc" } })).toEqual({ type, settled: false, id: "cm3abc" });
      expect(read({ type, object: { id: "cm3abc" } })).toEqual({ type, settled: false, id: "cm3abc" });
      for (const payload of [undefined, null, "cm3abc", [], {}, { id: 1 }, { id: "../.." }]) {
        expect(read({ type, payload })).toEqual({ type, settled: false, id: null });
      }
    },
  );

  it.each([
    ["no JSON", "{", "body: must be JSON"],
    ["nothing", "", "body: must be JSON"],
    ["null", "null", /^body: must be a JSON object such as/],
    ["a list", "[]", /^body: must be a JSON object such as/],
    ["a text", '"audio.completed"', /^body: must be a JSON object such as/],
    ["no type", "{}", /^type: must be a string/],
    ["a type that is no text", '{"type":7}', /^type: must be a string/],
    ["an empty type", '{"type":""}', /^type: must be a string/],
    ["no project", '{"type":"audio.completed"}', "payload: must be an object, the project"],
    ["null for a project", '{"type":"audio.completed","payload":null}', "payload: must be an object, the project"],
    ["a list for a project", '{"type":"audio.errored","object":[]}', "object: must be an object, the project"],
    ["no id", '{"type":"audio.completed","payload":{}}', "payload.id: must be a string of 1 to 64 characters"],
    [
      "an id that is no text",
      '{"type":"audio.errored","payload":{"id":7}}',
      /^payload.id: must be a string of 1 to 64/,
    ],
    ["an empty id", '{"type":"audio.errored","object":{"id":""}}', /^object.id: must be a string of 1 to 64/],
    [
      "an id of a path",
      '{"type":"audio.completed","payload":{"id":"a/../b"}}',
      /^payload.id: may hold only the characters/,
    ],
    [
      "an id too long",
      `{"type":"audio.completed","payload":{"id":"${"c".repeat(65)}"}}`,
      /^payload.id: must be a string/,
    ],
  ])("is refused: %s", (_, text, message) => {
    const parse = () => parseVendorEvent(Buffer.from(text));
    expect(parse).toThrow(InvalidInput);
    expect(parse).toThrow(message);
  });

  it("is refused by name or read, whatever the JSON is", () => {
    const types = fc.oneof(fc.constantFrom("audio.completed", "audio.errored"), fc.jsonValue());
    const events = fc.record({ type: types, payload: fc.jsonValue(), object: fc.jsonValue() }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.oneof(events, fc.jsonValue()), (event) => {
        try {
          const { id, settled } = read(event);
          expect(settled ? id : (id ?? "none")).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInput);
          expect((error as Error).message).toMatch(/^(body|type|payload|object)(\.id)?: /);
        }
      }),
      { numRuns: 500 },
    );
  });
});
