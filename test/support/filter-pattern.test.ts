import { describe, expect, it } from "vitest";
import { parseFilterPattern, selected } from "./filter-pattern.ts";

/** The example of the CloudWatch Logs User Guide, "JSON metric filter examples" and "JSON compound conditions". */
const documented = JSON.stringify({
  eventType: "UpdateTrail",
  sourceIPAddress: "111.111.111.111",
  arrayKey: ["value", "another value"],
  SomeObject: null,
  latency: 500,
  user: { id: 1, email: "John.Stiles@example.com" },
});

describe("a filter pattern", () => {
  it.each([
    ['{ $.eventType = "UpdateTrail" }', true],
    ['{ $.eventType = "updatetrail" }', false],
    ['{ $.eventType = "Update*" }', true],
    ['{ $.eventType = "*Trail" }', true],
    ['{ $.eventType = "*date*" }', true],
    ['{ $.eventType = "*" }', true],
    ['{ $.eventType = "Up*Trail" }', false],
    ['{ $.eventType = "Update" }', false],
    ['{ $.sourceIPAddress != "123.123.*" }', true],
    ['{ $.sourceIPAddress != "111.*" }', false],
    ["{ $.latency >= 500 }", true],
    ["{ $.latency > 500 }", false],
    ["{ $.latency <= 55.5 }", false],
    ["{ $.latency < 10e3 }", true],
    ["{ $.latency = 500 }", true],
    ["{ $.latency != 500 }", false],
    ["{ $.latency > +1000 }", false],
    ['{ ($.user.id = 1) && ($.user.email = "John.Stiles@example.com") }', true],
    ['{ ($.user.id = 2 && $.eventType = "nonmatch") || $.eventType = "UpdateTrail" }', true],
    ['{ $.user.id = 1 || $.user.id = 2 && $.eventType = "nomatch" }', true],
    ['{ ($.user.id = 1 || $.user.id = 2) && $.eventType = "nomatch" }', false],
    ['{ $.arrayKey = "value" }', false],
    ['{ $.SomeObject = "null" }', false],
    ["{ $.SomeObject >= 0 }", false],
    ['{ $.absent = "*" }', false],
    ["{ $.absent >= 0 }", false],
  ])("%s: %s", (pattern, matches) => {
    expect(parseFilterPattern(pattern)(documented)).toBe(matches);
  });

  it.each(['{ $.a = "b" }', '{ $.a != "b" }', "{ $.a >= 0 }"])("%s never matches a line that is no JSON", (pattern) => {
    expect(parseFilterPattern(pattern)('INIT_START Runtime Version: nodejs:24 {"a": "b"')).toBe(false);
  });

  it.each(['{ $.absent != "a" }', '{ $.latency = "5*" }', "{ $.eventType > 5 }"])("%s is not documented", (pattern) => {
    expect(() => parseFilterPattern(pattern)(documented)).toThrow("undocumented");
  });

  it.each([
    "",
    "ERROR",
    "{ }",
    "{ $.a }",
    "{ $.a = }",
    '{ $.a = "b"',
    '{ ($.a = "b" }',
    '{ $.a = "b" } }',
    '{ $.a > "b" }',
    '{ "b" = "b" }',
    "{ $.a = b }",
  ])("%s is not read", (pattern) => {
    expect(() => parseFilterPattern(pattern)).toThrow();
  });
});

it("a selector finds own fields only", () => {
  expect(selected("$.a.b", { a: { b: 3 } })).toBe(3);
  expect(selected("$.a.b", { a: 3 })).toBeUndefined();
  expect(selected("$.constructor", {})).toBeUndefined();
  expect(selected("$.a", undefined)).toBeUndefined();
});
