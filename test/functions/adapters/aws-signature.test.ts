import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { signPost } from "../../../functions/adapters/aws-signature.ts";

/**
 * AWS's test suite for Signature Version 4 (General Reference, "Signature Version 4 test suite"): the POSTs to `/` without
 * a query, with the signatures that it publishes.
 */
const suite = {
  host: "example.amazonaws.com",
  date: new Date("2015-08-30T12:36:00Z"),
  scope: { region: "us-east-1", service: "service" },
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
  sessionToken:
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwth" +
    "Ax7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAk" +
    "iY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==",
};
const form = "application/x-www-form-urlencoded";

describe("AWS's own examples", () => {
  test.each<[string, Record<string, string>, string, string, string]>([
    ["post-vanilla", {}, "", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
    [
      "post-header-key-sort",
      { "my-header1": "value1" },
      "",
      "host;my-header1;x-amz-date",
      "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
    ],
    [
      "post-header-value-case",
      { "my-header1": "VALUE1" },
      "",
      "host;my-header1;x-amz-date",
      "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
    ],
    [
      "post-x-www-form-urlencoded",
      { "content-type": form },
      "Param1=value1",
      "content-type;host;x-amz-date",
      "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    ],
    [
      "post-x-www-form-urlencoded-parameters",
      { "content-type": `${form}; charset=utf8` },
      "Param1=value1",
      "content-type;host;x-amz-date",
      "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe",
    ],
  ])("%s", (_name, headers, body, signedHeaders, signature) => {
    const { host, scope, credentials, date } = suite;
    expect(signPost({ host, headers, body }, scope, credentials, date)).toEqual({
      ...headers,
      host,
      "x-amz-date": "20150830T123600Z",
      authorization:
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " +
        `SignedHeaders=${signedHeaders}, Signature=${signature}`,
    });
  });

  test("post-sts-header-before: temporary keys", () => {
    const { host, scope, credentials, date, sessionToken } = suite;
    const signed = signPost({ host, headers: {}, body: "" }, scope, { ...credentials, sessionToken }, date);
    expect(signed["x-amz-security-token"]).toBe(sessionToken);
    expect(signed["authorization"]).toMatch(
      /SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead$/,
    );
  });
});

/** SHA-256 as the SDK's signer takes it. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

test("whatever is posted is signed as the SDK's signer signs it", async () => {
  const word = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
  const key = fc.stringMatching(/^[A-Za-z0-9+/=]{1,60}$/);
  // Neither the signer's own headers nor those that it leaves unsigned because proxies change them.
  const name = fc.stringMatching(/^x-[a-z0-9-]{1,16}$/).filter((text) => !text.startsWith("x-amz"));
  const posts = fc.record({
    host: fc
      .tuple(word, fc.option(fc.nat(65_535)))
      .map(([text, port]) => `${text}.test${port === null ? "" : `:${port}`}`),
    headers: fc.dictionary(name, fc.stringMatching(/^[\x21-\x7e][\x20-\x7e]{0,30}$/)),
    body: fc.string({ unit: "grapheme" }),
  });
  const scopes = fc.record({ region: word, service: word });
  const credentials = fc.record(
    { accessKeyId: key, secretAccessKey: key, sessionToken: key },
    { requiredKeys: ["accessKeyId", "secretAccessKey"] },
  );
  const dates = fc.date({ min: new Date("2000-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
  await fc.assert(
    fc.asyncProperty(posts, scopes, credentials, dates, async (post, scope, keys, date) => {
      const signer = new SignatureV4({ ...scope, credentials: keys, sha256: Sha256, applyChecksum: false });
      const { host, headers, body } = post;
      const request = { method: "POST", protocol: "https:", hostname: host, path: "/", query: {}, body };
      const { headers: expected } = await signer.sign(
        { ...request, headers: { ...headers, host } },
        { signingDate: date },
      );
      expect(signPost(post, scope, keys, date)).toEqual(expected);
    }),
  );
});
