import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { announcedLength, parseResponseHead } from "../../../functions/domain/response-head.ts";

const head = (...lines: readonly string[]) => parseResponseHead(["HTTP/1.1 200 OK", ...lines].join("\r\n"));

const lengthOf = (...lines: readonly string[]) => {
  const parsed = head(...lines);
  if (!parsed) throw new Error("not parsed");
  return announcedLength(parsed);
};

describe("the status line", () => {
  it.each([
    ["HTTP/1.1 200 OK", 200],
    ["HTTP/1.1 206 ", 206],
    ["HTTP/1.1 206", 206],
    ["HTTP/1.0 404 Not Found", 404],
    ["HTTP/1.1 100 Continue", 100],
    ["HTTP/1.1 599 x", 599],
    ["HTTP/1.1 200 \xe9t\xe9\t!", 200],
    ["HTTP/1.1 204 No Content", 204],
    ["HTTP/1.1 304 Not Modified", 304],
  ])("%j has status %d", (line, status) => {
    const parsed = parseResponseHead(line);
    expect(parsed?.status).toBe(status);
    expect([...(parsed?.headers ?? [["?", "?"]])]).toEqual([]);
  });

  it.each([
    "",
    " HTTP/1.1 200 OK",
    "http/1.1 200 OK",
    "HTTP/1.2 200 OK",
    "HTTP/2 200",
    "HTTP/2.0 200 OK",
    "HTTP/11 200 OK",
    "HTTP/1.1  200 OK",
    "HTTP/1.1\t200 OK",
    "HTTP/1.1 200\tOK",
    "HTTP/1.1 099 x",
    "HTTP/1.1 600 x",
    "HTTP/1.1 20 x",
    "HTTP/1.1 2000 x",
    "HTTP/1.1 200OK",
    "HTTP/1.1 +20 OK",
    "HTTP/1.1 2e2 OK",
    "HTTP/1.1 200 O\x00K",
    "HTTP/1.1 200 O\nK",
    "HTTP/1.1 200 O\rK",
    "HTTP/1.1 200 O\x7fK",
    "ICY 200 OK",
    "\r\nHTTP/1.1 200 OK",
    "\ufeffHTTP/1.1 200 OK",
    "220 mail.test ESMTP",
  ])("%j is none", (line) => expect(parseResponseHead(line)).toBeUndefined());
});

describe("a field line", () => {
  it.each([
    ['ETag: "v1"', "etag", '"v1"'],
    ["etag:x", "etag", "x"],
    ["ETAG: \t x y \t", "etag", "x y"],
    ["x:", "x", ""],
    ["x: \t ", "x", ""],
    ["x: a: b", "x", "a: b"],
    ["x: \xa0\xe9\xa0 ", "x", "\xa0\xe9\xa0"],
    ["!#$%&'*+.^_`|~0Az-: y", "!#$%&'*+.^_`|~0az-", "y"],
  ])("%j is read", (line, name, value) => expect([...(head(line)?.headers ?? [])]).toEqual([[name, value]]));

  it.each([
    ["folded", "x: a\r\n b"],
    ["folded with a tab", "x: a\r\n\tb"],
    ["of blanks", "x: a\r\n "],
    ["without a colon", "x"],
    ["without a name", ": x"],
    ["with a blank before its colon", "content-length : 5"],
    ["with a blank before its name", " content-length: 5"],
    ["with a blank in its name", "content length: 5"],
    ["with a name that is not ASCII", "\xe9tag: x"],
    ["with a bare line feed", "x: a\ncontent-length: 5"],
    ["with a bare carriage return", "x: a\rcontent-length: 5"],
    ["that ends with a line feed", "x: a\n"],
    ["that ends with a carriage return", "x: a\r"],
    ["with a zero byte", "x: a\x00b"],
    ["with a control character", "x: a\x1bb"],
    ["with a delete character", "x: a\x7f"],
    ["that is empty", "x: a\r\n\r\ny: b"],
    ["with a character that is no byte", "x: \u0141"],
  ])("%s makes the head none", (_what, line) => {
    expect(head(line)).toBeUndefined();
    expect(head("a: b", line, "c: d")).toBeUndefined();
  });

  it("that comes several times is joined in its order, whatever its case", () => {
    expect(head("X: a", "y: b", "x: c", "x:")?.headers).toEqual(
      new Map([
        ["x", "a, c, "],
        ["y", "b"],
      ]),
    );
  });

  it.each([
    ["blanks", `x: ${" ".repeat(16_000)}\x01`],
    ["blanks and tabs", `x: ${" \t".repeat(8_000)}\x00`],
    ["blanks inside", `x: a${" ".repeat(16_000)}b\x01`],
    ["name", `${"x".repeat(16_000)}\x01`],
    ["words", `x: ${"y ".repeat(8_000)}\x7f`],
  ])("with 16 KB of %s before a bad character is refused without trying all ways to read it", (_what, line) => {
    expect(head(line)).toBeUndefined();
  });

  it("may be blank in 16 KB of places", () => {
    expect(head(`x: ${" ".repeat(16_000)}`)?.headers.get("x")).toBe("");
    expect(head(`x: a${" ".repeat(16_000)}b${" \t".repeat(100)}`)?.headers.get("x")).toHaveLength(16_002);
  });
});

describe("the announced length", () => {
  it.each([
    ["0", 0],
    ["9", 9],
    ["009", 9],
    ["999999999999999", 999_999_999_999_999],
  ])("of Content-Length: %s is %d", (value, length) => expect(lengthOf(`Content-Length:  ${value} `)).toBe(length));

  it.each(["", "-1", "+1", "1.0", "1e3", "0x10", "5 5", "5, 5", "5,6", "1000000000000000", "5;", "\xb2", "five"])(
    "of Content-Length: %j cannot be relied on",
    (value) => expect(lengthOf(`content-length: ${value}`)).toBeUndefined(),
  );

  it("is none where there is no Content-Length", () => expect(lengthOf()).toBeUndefined());

  it.each([
    [["content-length: 5", "content-length: 5"]],
    [["content-length: 5", "content-length: 6"]],
    [["content-length: 5", "Content-Length:"]],
    [["content-length: 5", "transfer-encoding: chunked"]],
    [["Transfer-Encoding: identity", "Content-Length: 5"]],
    [["transfer-encoding:", "content-length: 5"]],
  ])("of %j cannot be relied on", (lines) => expect(lengthOf(...lines)).toBeUndefined());
});

describe("a connection", () => {
  const keeps = (version: string, ...lines: readonly string[]) =>
    parseResponseHead([`HTTP/${version} 200 OK`, ...lines].join("\r\n"))?.keepsAlive;

  it.each([[], ["connection: keep-alive"], ["Connection: Upgrade, Keep-Alive"], ["connection:"]])(
    "is kept by HTTP/1.1 with %j",
    (...lines) => expect(keeps("1.1", ...lines)).toBe(true),
  );

  it.each([
    ["connection: close"],
    ["Connection: CLOSE"],
    ["connection: keep-alive, close"],
    ["connection: close,keep-alive"],
    ["connection: keep-alive", "connection: Close"],
    ["connection: foo ,\tclose\t, bar"],
  ])("is not kept by HTTP/1.1 with %j", (...lines) => expect(keeps("1.1", ...lines)).toBe(false));

  it.each([[], ["connection: keep-alive"]])("is not kept by HTTP/1.0 with %j", (...lines) => {
    expect(keeps("1.0", ...lines)).toBe(false);
  });
});

describe("any head", () => {
  const names = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
  const values = fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,20}$/);
  const trimmed = (value: string) => value.replace(/^[ \t]+|[ \t]+$/g, "");

  it("that is written out and read again is the same", () => {
    const heads = fc.record({
      version: fc.constantFrom("1.0", "1.1"),
      status: fc.integer({ min: 100, max: 599 }),
      reason: fc.option(values),
      fields: fc.array(fc.tuple(names, fc.stringMatching(/^[ \t]{0,3}$/), values), { maxLength: 8 }),
    });
    fc.assert(
      fc.property(heads, ({ version, status, reason, fields }) => {
        const lines = fields.map(([name, blank, value]) => `${name}:${blank}${value}`);
        const first = `HTTP/${version} ${status}${reason === null ? "" : ` ${reason}`}`;
        const parsed = parseResponseHead([first, ...lines].join("\r\n"));
        const expected = new Map<string, string[]>();
        for (const [name, , value] of fields) {
          expected.set(name.toLowerCase(), [...(expected.get(name.toLowerCase()) ?? []), trimmed(value)]);
        }
        expect(parsed?.status).toBe(status);
        expect([...(parsed?.headers ?? [])]).toEqual([...expected].map(([name, all]) => [name, all.join(", ")]));
      }),
      { numRuns: 500 },
    );
  });

  it("with one byte that may not stand where it stands is none", () => {
    const bad = fc.integer({ min: 0, max: 0x1f }).filter((code) => code !== 9 && code !== 13 && code !== 10);
    fc.assert(
      fc.property(names, values, bad, fc.nat(), (name, value, code, at) => {
        const line = `${name}: ${value}`;
        const place = at % (line.length + 1);
        expect(head(line.slice(0, place) + String.fromCharCode(code) + line.slice(place))).toBeUndefined();
      }),
    );
  });
});
