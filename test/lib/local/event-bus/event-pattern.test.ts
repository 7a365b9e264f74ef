/** Cases marked "recorded" are those of AWS's own answers that event-pattern.ts names. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileEventPattern } from "../../../../lib/local/event-bus/event-pattern.ts";

const matches = (pattern: unknown, event: object) => compileEventPattern(pattern)(event);

/** Whether `detail.x` matches this list of a pattern, for each of these values of it. */
function matched(list: readonly unknown[], ...values: readonly unknown[]): unknown[] {
  const match = compileEventPattern({ detail: { x: list } });
  return values.filter((x) => match({ detail: { x } }));
}

const isMatchedByAbsence = (list: readonly unknown[]) => matches({ detail: { x: list } }, { detail: { y: 1 } });

describe("fields", () => {
  const event = { source: "aws.s3", "detail-type": "Object Created", detail: { bucket: { name: "b" }, size: 5 } };

  test.each<[boolean, object]>([
    [true, { source: ["aws.s3"] }],
    [true, { source: ["aws.ec2", "aws.s3"], "detail-type": [{ prefix: "Object " }] }],
    [true, { detail: { bucket: { name: ["b"] }, size: [5] } }],
    [false, { source: ["aws.s3"], "detail-type": ["Object Deleted"] }],
    [false, { Source: ["aws.s3"] }],
    [false, { detail: { bucket: { name: ["c"] } } }],
    [false, { detail: { name: ["b"] } }],
    [false, { detail: ["b"] }],
    [false, { source: { name: ["aws.s3"] } }],
    [false, { detail: { size: ["5"] } }],
    [false, { constructor: [{ exists: true }] }],
  ])("all must match, by their names: %s for %j", (expected, pattern) => {
    expect(matches(pattern, event)).toBe(expected);
  });

  test("a text that holds JSON is a text (recorded)", () => {
    expect(matches({ detail: { "my-key": ["my-value"] } }, { detail: '{"my-key":"my-value"}' })).toBe(false);
  });

  test("alternatives hold beside what else there is, at any depth", () => {
    const pattern = { source: ["a"], detail: { $or: [{ x: [1] }, { y: [{ numeric: ["<", 0] }], z: [true] }] } };
    expect(matches(pattern, { source: "a", detail: { x: 1 } })).toBe(true);
    expect(matches(pattern, { source: "a", detail: { y: -1, z: true } })).toBe(true);
    expect(matches(pattern, { source: "a", detail: { y: -1, z: false } })).toBe(false);
    expect(matches(pattern, { source: "b", detail: { x: 1 } })).toBe(false);
  });
});

describe("lists of an event", () => {
  const staff = { employees: [[{ first: "Anna", last: "Smith" }], { first: "Peter", last: "Jones" }] };

  test("match by any element", () => {
    expect(matched(["b", "c"], ["a", "b"], ["a"], [["c"]], [])).toEqual([["a", "b"], [["c"]]]);
    expect(matched([{ "anything-but": "a" }], ["a", "b"], ["a"], [])).toEqual([["a", "b"]]);
  });

  test("match as objects by one element as a whole", () => {
    expect(matches({ employees: { first: ["Anna"], last: ["Smith"] } }, staff)).toBe(true);
    expect(matches({ employees: { first: ["Anna"], last: ["Jones"] } }, staff)).toBe(false);
    expect(matches({ employees: { $or: [{ first: ["Eve"] }, { last: ["Jones"] }] } }, staff)).toBe(true);
  });

  test("that are empty hold nothing (recorded)", () => {
    expect(matched([null], [])).toEqual([]);
    expect(matched([{ exists: true }], [])).toEqual([]);
    expect(matched([{ exists: false }], [])).toEqual([[]]);
    expect(matches({ employees: { first: [{ exists: false }] } }, { employees: [] })).toBe(true);
  });
});

describe("comparisons", () => {
  const scalars = ["", "a", "A", "ab", "ba", 0, 1, true, false, null];

  test.each<[unknown, unknown[]]>([
    ["a", ["a"]],
    ["", [""]],
    [1, [1]],
    [null, [null]],
    [false, [false]],
    [{ prefix: "a" }, ["a", "ab"]],
    [{ prefix: "" }, ["", "a", "A", "ab", "ba"]],
    [{ prefix: { "equals-ignore-case": "A" } }, ["a", "A", "ab"]],
    [{ suffix: "a" }, ["a", "ba"]],
    [{ suffix: { "equals-ignore-case": "A" } }, ["a", "A", "ba"]],
    [{ "equals-ignore-case": "a" }, ["a", "A"]],
    [{ exists: true }, scalars],
    [{ exists: false }, []],
    [{ numeric: [">=", 0, "<", 1] }, [0]],
    [{ "anything-but": "a" }, scalars.filter((value) => value !== "a")],
    [{ "anything-but": ["a", ""] }, ["A", "ab", "ba", 0, 1, true, false, null]],
    [{ "anything-but": 0 }, scalars.filter((value) => value !== 0)],
    [{ "anything-but": [0, 1] }, ["", "a", "A", "ab", "ba", true, false, null]],
    [{ "anything-but": { prefix: "a" } }, ["", "A", "ba", 0, 1, true, false, null]],
    [{ "anything-but": { suffix: ["a", "b"] } }, ["", "A", 0, 1, true, false, null]],
    [{ "anything-but": { "equals-ignore-case": ["a"] } }, ["", "ab", "ba", 0, 1, true, false, null]],
    [{ "anything-but": { wildcard: "*a*" } }, ["", "A", 0, 1, true, false, null]],
    [{ wildcard: "*" }, ["", "a", "A", "ab", "ba"]],
    [{ wildcard: "a*" }, ["a", "ab"]],
  ])("%j", (condition, expected) => {
    expect(matched([condition], ...scalars)).toEqual(expected);
  });

  test.each<[boolean, unknown]>([
    [false, null],
    [false, { "anything-but": "a" }],
    [false, { "anything-but": { prefix: "a" } }],
    [false, { exists: true }],
    [true, { exists: false }],
  ])("a field that is missing: %s for %j (recorded)", (expected, condition) => {
    expect(isMatchedByAbsence([condition])).toBe(expected);
    expect(isMatchedByAbsence(["a", condition])).toBe(expected);
  });

  test("exists is about leaves only (documented)", () => {
    expect(matched([{ exists: true }], { deeper: 1 })).toEqual([]);
    expect(matched([{ exists: false }], { deeper: 1 })).toEqual([{ deeper: 1 }]);
    expect(matches({ a: { b: { c: [{ exists: false }] } } }, { a: "text" })).toBe(true);
  });

  test.each<[readonly unknown[], number[]]>([
    [["=", 5], [5]],
    [
      ["<", 5],
      [-5e9, 0, 4.999999],
    ],
    [
      ["<=", 5],
      [-5e9, 0, 4.999999, 5],
    ],
    [
      [">", 5],
      [5.1, 5e9],
    ],
    [
      [">=", 5],
      [5, 5.1, 5e9],
    ],
    [
      [">", 0, "<=", 5],
      [4.999999, 5],
    ],
    [["=", 49.99999e-1], [4.999999]],
  ])("numeric %j", (range, expected) => {
    expect(matched([{ numeric: range }], -5e9 - 1, -5e9, 0, 4.999999, 5, 5.1, 5e9, 5e9 + 1, "5")).toEqual(expected);
  });

  test("cidr, of IPv4 and of IPv6", () => {
    const addresses = ["10.0.0.0", "10.0.0.255", "10.0.1.0", "2001:db8::1", "2001:db9::1", "::ffff:10.0.0.1", "10", 10];
    expect(matched([{ cidr: "10.0.0.0/24" }], ...addresses)).toEqual(["10.0.0.0", "10.0.0.255"]);
    expect(matched([{ cidr: "2001:db8::/32" }], ...addresses)).toEqual(["2001:db8::1"]);
  });
});

describe("wildcard", () => {
  test.each<[boolean, string, string]>([
    [true, "/Users/*/dir/dir/doc.txt", "/Users/me/dir/dir/dir/doc.txt"],
    [true, "dir/*.png", "dir/.png"],
    [true, "*a*b*", "xaxbx"],
    [true, "a*a", "aa"],
    [true, "a*b*a", "abba"],
    [true, "a\\*b\\\\", "a*b\\"],
    [true, "a*c", "a\nc"],
    [true, "a.c", "a.c"],
    [false, "a.c", "abc"],
    [false, "a*a", "a"],
    [false, "*a*b*", "xbxax"],
    [false, "a\\*b", "axb"],
    [false, "dir/*.png", "dir/x.png.txt"],
    [false, "", "a"],
    [true, "", ""],
  ])("%s: %s and %s", (expected, wildcard, text) => {
    expect(matched([{ wildcard }], text)).toEqual(expected ? [text] : []);
  });

  test("finds a text that was made of the parts, and only what a regular expression finds", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 6 });
    const parts = fc.array(
      letters.filter((part) => part !== ""),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(parts, fc.array(letters, { minLength: 3, maxLength: 3 }), letters, (fixed, between, other) => {
        const wildcard = fixed.join("*");
        const made = fixed.map((part, index) => `${part}${index < fixed.length - 1 ? between[index] : ""}`).join("");
        expect(matched([{ wildcard }], made)).toEqual([made]);
        const oracle = new RegExp(`^${fixed.map((part) => part.replaceAll(".", "\\.")).join(".*")}$`, "s");
        expect(matched([{ wildcard }], other)).toEqual(oracle.test(other) ? [other] : []);
      }),
    );
  });
});

describe("refusals, in the words of AWS", () => {
  test.each<[string, unknown]>([
    ["Filter is not an object", []],
    ["Filter is not an object", null],
    ["Empty objects are not allowed", {}],
    ["Empty objects are not allowed", { detail: {} }],
    ["Empty arrays are not allowed", { resources: [] }],
    ['"int" must be an object or an array', { int: 42 }],
    ['"string" must be an object or an array', { string: "my-value" }],
    ["Match value must be String, number, true, false, or null", { x: [["a"]] }],
    ["Unrecognized match type EXISTS", { x: [{ EXISTS: true }] }],
    ["Unrecognized match type contains", { x: ["a", { contains: "b" }] }],
    ["Unrecognized match type toString", { x: [{ toString: "b" }] }],
    ["Match expression name not found", { x: [{}] }],
    ["Only one key allowed in match expression", { x: [{ prefix: "a", suffix: "b" }] }],
    ["exists match pattern must be either true or false.", { x: [{ exists: "true" }] }],
    ["prefix match pattern must be a string", { x: [{ prefix: 1 }] }],
    ["prefix match pattern must be a string", { x: [{ prefix: ["a"] }] }],
    ["Unsupported suffix pattern: prefix", { x: [{ suffix: { prefix: "a" } }] }],
    ["equals-ignore-case match pattern must be a string", { x: [{ "equals-ignore-case": ["a"] }] }],
    ["wildcard match pattern must be a string", { x: [{ wildcard: 1 }] }],
    ["Consecutive wildcard characters", { x: [{ wildcard: "a**b" }] }],
    ["Invalid escape character", { x: [{ wildcard: "a\\b" }] }],
    ["Invalid escape character", { x: [{ wildcard: "a\\" }] }],
    ["Unsupported anything-but pattern: numeric", { x: [{ "anything-but": { numeric: ["=", 1] } }] }],
    ["Null prefix/suffix not allowed", { x: [{ "anything-but": { prefix: "" } }] }],
    ["prefix match pattern must be a string", { x: [{ "anything-but": { prefix: ["a", 1] } }] }],
    ["Inside anything but list", { x: [{ "anything-but": ["a", 1] }] }],
    ["Inside anything but list", { x: [{ "anything-but": null }] }],
    ["Empty arrays are not allowed", { x: [{ "anything-but": [] }] }],
    ["Value of numeric must be an array.", { x: [{ numeric: 5 }] }],
    ["Invalid member in numeric match: ]", { x: [{ numeric: [] }] }],
    ["Invalid member in numeric match: 5", { x: [{ numeric: [5] }] }],
    ["Unrecognized numeric range operator: !=", { x: [{ numeric: ["!=", 5] }] }],
    ["Value of equals must be numeric", { x: [{ numeric: ["=", "5"] }] }],
    ["Value of < must be numeric", { x: [{ numeric: [">", 0, "<"] }] }],
    ["Bad numeric range operator: >", { x: [{ numeric: [">", 0, ">", 0] }] }],
    ["Too many elements in numeric expression", { x: [{ numeric: ["<", 0, ">", 5] }] }],
    ["Too many terms in numeric range expression", { x: [{ numeric: [">", 0, "<", 5, "<"] }] }],
    ["Bottom must be less than top", { x: [{ numeric: [">", 5, "<", 5] }] }],
    ["Value must be between -5000000000 and 5000000000, inclusive", { x: [{ numeric: [">", 5e9 + 1] }] }],
    ["Malformed CIDR, one '/' required", { x: [{ cidr: "10.0.0.0" }] }],
    ["Nonstandard IP address: 10.0", { x: [{ cidr: "10.0/8" }] }],
    ["Malformed CIDR, mask bits must be an integer", { x: [{ cidr: "10.0.0.0/a" }] }],
    ["Malformed CIDR, mask bits must be < 33", { x: [{ cidr: "10.0.0.0/33" }] }],
    ["cidr match pattern must be a string", { x: [{ cidr: 10 }] }],
    ['"$or" must be an array of at least two objects', { $or: [{ x: [1] }] }],
    ['"$or" must be an array of at least two objects', { $or: { x: [1] } }],
    ['"a.b" has a dot in it', { detail: { "a.b": [1] } }],
  ])("%s", (reason, pattern) => {
    expect(() => compileEventPattern(pattern)).toThrow(
      expect.objectContaining({
        name: "InvalidEventPatternException",
        message: expect.stringContaining(`Event pattern is not valid. Reason: ${reason}`),
      }),
    );
  });
});
