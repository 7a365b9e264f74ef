import { describe, expect, test } from "vitest";
import { largestBodyBytes, readJsonBody } from "../../../functions/domain/api-body.ts";
import { BodyTooLarge, UnsupportedMediaType } from "../../../functions/domain/api-errors.ts";
import { readQuery } from "../../../functions/domain/api-query.ts";
import {
  type ApiRequest,
  readDeletion,
  readProjectId,
  readStart,
  readTransferName,
} from "../../../functions/domain/api-request.ts";
import { InvalidInput } from "../../../functions/domain/errors.ts";
import { transferNameOf } from "../../../functions/domain/transfer-name.ts";

const nothing = { headers: {}, rawQueryString: "", isBase64Encoded: false } satisfies ApiRequest;
const body = (text: string | Uint8Array, isBase64Encoded = false) => ({
  ...nothing,
  body: Buffer.from(text).toString(isBase64Encoded ? "base64" : "utf8"),
  isBase64Encoded,
});

describe("a body", () => {
  test("is read as text and as Base64, with and without a byte order mark", () => {
    for (const isBase64 of [false, true]) {
      expect(readJsonBody(body('{"id":"\u00e4"}', isBase64))).toEqual({ id: "\u00e4" });
      expect(readJsonBody(body('\ufeff{"id":1}', isBase64))).toEqual({ id: 1 });
    }
  });

  test.each([undefined, "", "application/json", "APPLICATION/JSON ; charset=UTF-8", "application/problem+json"])(
    "of type %s is read",
    (type) => {
      expect(readJsonBody({ ...body("1"), headers: { "content-type": type } })).toBe(1);
    },
  );

  test.each(["text/json", "application/json5", "application/jsonx", "application/+json", "application/x json", "*/*"])(
    "of type %s is not",
    (type) => {
      const request = { ...body("1"), headers: { "content-type": type } };
      expect(() => readJsonBody(request)).toThrow(UnsupportedMediaType);
    },
  );

  test("has its bound in bytes, not in characters, and after decoding", () => {
    const text = `"${"\u00e4".repeat(largestBodyBytes / 2 - 1)}"`;
    expect(Buffer.byteLength(text)).toBe(largestBodyBytes);
    for (const isBase64 of [false, true]) {
      expect(readJsonBody(body(text, isBase64))).toHaveLength(largestBodyBytes / 2 - 1);
      expect(() => readJsonBody(body(`${text} `, isBase64))).toThrow(BodyTooLarge);
    }
  });

  test.each([
    ["nothing", ""],
    ["no JSON", '{"secret": "s3cr3t'],
    ["no UTF-8", Uint8Array.of(0x22, 0xc3, 0x28, 0x22)],
  ])("that is %s is refused, and nothing of it repeated", (_, text) => {
    expect(() => readJsonBody(body(text, true))).toThrow(InvalidInput);
    expect(() => readJsonBody(body(text, true))).not.toThrow(/s3cr3t/);
  });
});

describe("a query", () => {
  test("gives what the route knows, decoded", () => {
    expect(readQuery("a=1%2B2&b=", ["a", "b", "c"])).toEqual({ a: "1+2", b: "" });
    expect(readQuery("", ["a"])).toEqual({});
  });

  test("may carry a signature (SigV4)", () => {
    expect(readQuery("X-Amz-Algorithm=A&X-Amz-Signature=abc&a=1&x-amz-date=now", ["a"])).toEqual({ a: "1" });
  });

  test("names ten unknown parameters, each shortened, and how many more there are", () => {
    const many = Array.from({ length: 13 }, (_, at) => `${"p".repeat(100)}${at}=SECRET`).join("&");
    const refusal = (raw: string) => {
      try {
        return String(readQuery(raw, ["a"]));
      } catch (error) {
        return (error as InvalidInput).message;
      }
    };
    expect(refusal(many)).toMatch(/^("p{64}": unknown query parameter; ){10}3 more unknown .*; known are a$/);
    expect(refusal(many)).not.toContain("SECRET");
    expect(refusal("a=1&__proto__=2")).toBe('"__proto__": unknown query parameter; known are a');
    expect(refusal("a=1&a=1")).toBe("a: must be given once");
  });
});

describe("a request", () => {
  test("to start has the key for a name, or one made of the input", () => {
    const given = { ...body('{"id": "cm1"}'), headers: { "idempotency-key": "order-7412" } };
    expect(readStart(given)).toEqual({ name: "order-7412", input: { id: "cm1" } });
    expect(readStart(body('{"id": "cm1"}')).name).toBe(transferNameOf({ id: "cm1" }));
    expect(() => readStart({ ...given, headers: { "idempotency-key": "a,b" } })).toThrow(/^Idempotency-Key: /);
    expect(() => readStart({ ...given, headers: { "idempotency-key": "cleanup-x" } })).toThrow(/cleanup-/);
  });

  test("keeps the input as it was given", () => {
    const text = '{"metadata": {"__proto__": 1}, "id": "cm1"}';
    expect(JSON.stringify(readStart(body(text)).input)).toBe(text.replaceAll(" ", ""));
  });

  test.each(["order-7412", "a.b", "it's(1)!", "a+b=c@d", "x".repeat(80)])("may look up %s", (name) => {
    expect(readTransferName({ ...nothing, pathParameters: { name } })).toBe(name);
  });

  // A colon or a slash would name something else in an ARN.
  test.each(["", "a:b", "a/b", "a*", "a b", "\u00e4", "a\n", "x".repeat(81), undefined])(
    "looks up nothing for %j",
    (name) => {
      expect(readTransferName({ ...nothing, pathParameters: { name } })).toBeUndefined();
    },
  );

  test("to look at a project has an id by the rules of an input's", () => {
    expect(readProjectId({ ...nothing, pathParameters: { id: "cm1" } })).toBe("cm1");
    expect(() => readProjectId({ ...nothing, pathParameters: { id: "a/b" } })).toThrow(/^id: may hold only/);
    expect(() => readProjectId(nothing)).toThrow(/^id: must be a string/);
  });

  test("to delete a project is not forced unless it says so in full", () => {
    const read = (rawQueryString: string) =>
      readDeletion({ ...nothing, rawQueryString, pathParameters: { id: "cm1" } });
    const standard = { id: "cm1", downloadDirectory: "audio-projects/cm1", force: false };
    expect(read("")).toEqual(standard);
    expect(read("force=false")).toEqual(standard);
    expect(read("force=true")).toEqual({ ...standard, force: true });
    expect(read("downloadDirectory=a%2Fb")).toEqual({ ...standard, downloadDirectory: "a/b" });
    for (const query of ["force", "force=1", "force=TRUE", "force=true%20", "force=true&force=true", "FORCE=true"]) {
      expect(() => read(query)).toThrow(InvalidInput);
    }
    expect(() => read("downloadDirectory=")).toThrow(/^downloadDirectory: /);
  });
});
