/** The field `notify` of an input; the forms of endpoints are in endpoint.test.ts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { longestEndpoint, mostEndpoints } from "../../../functions/domain/endpoint.ts";
import { InvalidInput } from "../../../functions/domain/errors.ts";
import { parseInput } from "../../../functions/domain/input.ts";

/** The message with which a list is refused; the test fails when it is accepted or something else is thrown. */
function refusal(notify: unknown): string {
  try {
    parseInput({ id: "cm1", notify });
  } catch (error) {
    if (error instanceof InvalidInput) return error.message;
    throw error;
  }
  throw new Error("the list was accepted");
}

const bound = "notify: must be a list of at most 10 URLs";
const badForm = "must be a URL that begins with https:// and has no blank and no character outside ASCII";
const endpoints = (count: number) => Array.from({ length: count }, (_, nth) => `https://hooks.example.com/${nth}`);

describe("notify", () => {
  it("is nobody unless it is given, and may be empty", () => {
    expect(parseInput({ id: "cm1" }).notify).toEqual([]);
    expect(parseInput({ id: "cm1", notify: [] }).notify).toEqual([]);
  });

  it("is kept as it is given", () => {
    const notify = ["https://hooks.example.com/a?b=c", "http://127.0.0.1:4011/", "https://hooks.example.com/a?b=c"];
    expect(parseInput({ id: "cm1", notify }).notify).toEqual(notify);
  });

  it("may have ten endpoints, not eleven", () => {
    expect(parseInput({ id: "cm1", notify: endpoints(mostEndpoints) }).notify).toEqual(endpoints(10));
    expect(refusal(endpoints(11))).toBe(bound);
    expect(refusal(Array(200_000).fill("x"))).toBe(bound);
  });

  it.each([
    [null],
    ["https://hooks.example.com/"],
    [5],
    [true],
    [{}],
    [{ 0: "https://hooks.example.com/", length: 1 }],
  ])("refuses %j, which is no list", (notify) => {
    expect(refusal(notify)).toBe(bound);
  });

  it("names each problem with its position, and no endpoint", () => {
    const notify = [
      "https://ok.example/",
      "ftp://SECRET.example/",
      5,
      "https://user:SECRET@ok.example/",
      "https://ok.example/",
      "https://ok.example/#SECRET",
      `https://ok.example/${"x".repeat(longestEndpoint)}`,
      "https://ok.example:99999/SECRET",
      null,
      ["https://ok.example/"],
    ];
    expect(refusal(notify).split("; ")).toEqual([
      `notify[1]: ${badForm}`,
      "notify[2]: must be a text",
      "notify[3]: must not carry user information",
      "notify[5]: must not have a fragment",
      "notify[6]: must be at most 1024 characters",
      "notify[7]: must be a URL",
      "notify[8]: must be a text",
      "notify[9]: must be a text",
    ]);
  });

  it("refuses what cannot be made a text", () => {
    const nested: unknown = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
    for (const entry of [{ toString: null }, { toString: 1, valueOf: 1 }, Object.create(null), nested]) {
      expect(refusal([entry])).toBe("notify[0]: must be a text");
    }
  });

  it("is refused together with whatever else is wrong", () => {
    expect(() => parseInput({ id: "", notify: ["x"], other: 1 })).toThrow(
      `"other": unknown field; id: must be a string of 1 to 64 characters; notify[0]: ${badForm} (known fields: `,
    );
  });

  it("of any kind is kept or refused, and a second reading changes nothing", () => {
    const lists = fc.array(fc.oneof(fc.webUrl({ validSchemes: ["http", "https", "ftp"] }), fc.jsonValue()), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.oneof(lists, fc.jsonValue()), (notify) => {
        try {
          const input = parseInput({ id: "cm1", notify });
          expect(input.notify).toEqual(notify);
          expect(parseInput(JSON.parse(JSON.stringify(input)))).toEqual(input);
        } catch (error) {
          if (!(error instanceof InvalidInput)) throw error;
          expect(error.message).toMatch(/^notify(\[\d\])?: /);
        }
      }),
    );
  });
});
