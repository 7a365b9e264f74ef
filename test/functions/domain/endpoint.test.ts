import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deliveryNameOf, endpointProblem, longestEndpoint } from "../../../functions/domain/endpoint.ts";
import { requireName } from "../../../lib/local/workflows/execution-request.ts";

const badForm = "must be a URL that begins with https:// and has no blank and no character outside ASCII";
const noUser = "must not carry user information";
const noFragment = "must not have a fragment";

describe("the form of an endpoint", () => {
  it.each([
    "https://example.com",
    "https://example.com/",
    "https://example.com:8443/hooks/a%2Fb?token=x&list[]='1'|{2}",
    "https://EXAMPLE.com/CaseMatters",
    "HTTPS://example.com/",
    "https://xn--bcher-kva.example/",
    "https://93.184.215.14/",
    "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:443/",
    "https://example.com?query",
    "https://example.com/a@b",
    "https://example.com/a//b/../c",
    "http://127.0.0.1:4011/",
    `https://example.com/${"x".repeat(longestEndpoint - 20)}`,
  ])("%s is good", (text) => {
    expect(endpointProblem(text)).toBeUndefined();
  });

  it.each([[undefined], [null], [5], [true], [{}], [["https://example.com"]], [new URL("https://example.com")]])(
    "%j is no text",
    (value) => {
      expect(endpointProblem(value)).toBe("must be a text");
    },
  );

  it("may have 1,024 characters, not 1,025", () => {
    const ofLength = (length: number) => "https://example.com/".padEnd(length, "x");
    expect(endpointProblem(ofLength(1_024))).toBeUndefined();
    expect(endpointProblem(ofLength(1_025))).toBe("must be at most 1024 characters");
    expect(endpointProblem("x".repeat(5_000_000))).toBe("must be at most 1024 characters");
  });

  it.each([
    "",
    "example.com",
    "//example.com",
    "/hooks",
    "https:example.com",
    "https:/example.com",
    "https:///example.com/",
    "https://",
    "ftp://example.com/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/plain,x",
    "wss://example.com/",
    "httpss://example.com/",
    "https ://example.com/",
    " https://example.com/",
    "https://example.com/ ",
    "https://example.com/\n",
    "\thttps://example.com/",
    "https://exam\nple.com/",
    "https://exam\tple.com/",
    "https://example.com/a b",
    "https://example.com/\r\nx: y",
    "https://example.com/\u0000",
    "https://example.com/\u007f",
    "https://example.com\\@evil.example/",
    "https:\\\\example.com/",
    "https://example.com/a\\b",
    "https://bücher.example/",
    "https://ｅxample.com/",
    "https://example。com/",
    "https://example.com/ü",
    "https://example.com/\u00a0",
    "https://example.com/\u200b",
    "https://example.com/\ud800",
  ])("%j is refused by its characters", (text) => {
    expect(endpointProblem(text)).toBe(badForm);
  });

  it.each([
    "https://?x",
    "https://#x",
    "https://:443/",
    "https://example.com:99999/",
    "https://example.com:x/",
    "https://[::1/",
    "https://1.2.3.4.5/",
    "https://exam%zzple.com/",
    "https://a<b/",
    "https://a^b/",
    "https://%00/",
  ])("%j is no URL", (text) => {
    expect(endpointProblem(text)).toBe("must be a URL");
  });

  it.each([
    ["https://user@example.com/", noUser],
    ["https://user:password@example.com/", noUser],
    ["https://:password@example.com/", noUser],
    ["https://@example.com/", noUser],
    ["https://:@example.com/", noUser],
    ["https://example.com@evil.example/", noUser],
    ["https://example.com:443@evil.example?x", noUser],
    ["https://example.com/#fragment", noFragment],
    ["https://example.com/#", noFragment],
    ["https://example.com/?a#b", noFragment],
  ])("%s %s", (text, problem) => {
    expect(endpointProblem(text)).toBe(problem);
  });

  it("that is good means the same to a URL parser: nothing was dropped or moved", () => {
    const pieces = fc.constantFrom(
      ..."/?#@:.\\ \t\n%[]é\u0000&=-_~'\"<>|^`{}",
      "https://",
      "http://",
      "example.com",
      "127.1",
      "a",
    );
    const texts = fc.array(pieces, { maxLength: 12 }).map((parts) => `https://${parts.join("")}`);
    fc.assert(
      fc.property(texts, (text) => {
        if (endpointProblem(text) !== undefined) return;
        const url = new URL(text);
        expect([url.protocol, url.username, url.password, url.hash]).toEqual(["https:", "", "", ""]);
        // The authority stands where a reader sees it: between the slashes and the next slash or question mark.
        const [, authority = ""] = /^https:\/\/([^/?]+)/.exec(text) ?? [];
        expect(url.host).toBe(new URL(`https://${authority}`).host);
        expect(authority).not.toContain("@");
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("the name of a delivery", () => {
  const ids = fc.stringMatching(/^msg_[0-9a-f]{40}$/);

  it("has 65 characters that Step Functions takes, and is the same whenever it is computed", () => {
    fc.assert(
      fc.property(ids, fc.webUrl({ withQueryParameters: true }), (messageId, endpoint) => {
        const name = deliveryNameOf(messageId, endpoint);
        expect(name).toMatch(/^msg_[0-9a-f]{40}-[0-9a-f]{20}$/);
        expect(name).toHaveLength(65);
        expect(() => requireName(name)).not.toThrow();
        expect(deliveryNameOf(messageId, endpoint)).toBe(name);
      }),
    );
  });

  it("is another for each pair of message and endpoint", () => {
    const pairs = fc.uniqueArray(fc.tuple(ids, fc.webUrl({ withQueryParameters: true })), {
      selector: ([id, url]) => `${id} ${new URL(url).href}`,
      minLength: 2,
    });
    fc.assert(
      fc.property(pairs, (all) => {
        expect(new Set(all.map((pair) => deliveryNameOf(...pair))).size).toBe(all.length);
      }),
    );
  });

  it("is one for all spellings of an endpoint, and another for what is merely alike", () => {
    const namesOf = (...urls: string[]) => new Set(urls.map((url) => deliveryNameOf(`msg_${"0".repeat(40)}`, url)));
    expect(namesOf("https://a.example", "https://a.example/", "HTTPS://A.example:443/").size).toBe(1);
    const alike = ["https://a.example/", "https://a.example/?", "https://a.example/A", "https://a.example/a"];
    expect(namesOf(...alike, "https://a.example:444/", "arn:aws:events:us-east-1:000000000000:event-bus/a").size).toBe(
      6,
    );
  });
});
