import { describe, expect, onTestFinished, test } from "vitest";
import { readText } from "../../../functions/adapters/guarded-http.ts";
import { everythingIn, rejectionOf } from "../../support/everything-in.ts";
import { httpAnswer, type RawListener, startRawListener } from "../../support/raw-listener.ts";
import { excepted } from "./running-guarded-http.ts";

const requestLines = (raw: RawListener) => raw.received.match(/^(?:GET|POST|DELETE) .*$/gm);

describe("a URL is refused before a connection is opened", () => {
  test.each<[string, (port: number) => string, RegExp]>([
    ["of http", (port) => `http://93.184.215.14:${port}/x?signature=secret`, /is http, not https$/],
    ["with a user", (port) => `https://user@127.0.0.1:${port}/?signature=secret`, /carries user information$/],
    ["with a password", (port) => `https://:secret@127.0.0.1:${port}/`, /carries user information$/],
    ["of a file", () => "file:///etc/passwd?signature=secret", /is file, not https$/],
    ["of ftp", (port) => `ftp://127.0.0.1:${port}/?signature=secret`, /is ftp, not https$/],
    ["that is a path", () => "/v1/audio-projects?signature=secret", /^not a URL$/],
    ["that is empty", () => "", /^not a URL$/],
    ["with a port that is none", () => "https://example.com:99999/?signature=secret", /^not a URL$/],
  ])("%s", async (_name, urlOf, message) => {
    const { raw, http } = await excepted();
    const error = await rejectionOf(http.request(urlOf(raw.port)));
    expect(error).toMatchObject({ name: "AddressRefused", message: expect.stringMatching(message) });
    expect(everythingIn(error)).not.toContain("secret");
    expect(raw.connections).toBe(0);
  });
});

describe("path and query arrive byte for byte", () => {
  test.each([
    ["/a%2Fb/c%20d?x=%2B+y&z=1", undefined],
    ["/a?quotes='\"&angles=<>&bar=a|b^c`d{e}", undefined],
    ["/a?broken=%zz&percent=%", undefined],
    ["/a[1]?list[]=2", undefined],
    ["/a//b/./c/../d?", undefined],
    ["/a?X-Goog-Signature=00ff&b=?&c=/&d=@:;,", undefined],
    ["/%61%2e%2E/b", undefined],
    ["/a?b=c#fragment?d", "/a?b=c"],
    ["", "/"],
    ["?a=b", "/?a=b"],
    // What a URL parser drops or rewrites is taken in its reading: such a text was never signed as it is.
    ["/a b\\c?d=ü", "/a%20b/c?d=%C3%BC"],
    ["/a\tb", "/ab"],
  ])("%s", async (path, expected) => {
    const { raw, url, http } = await excepted((socket) => socket.end(httpAnswer()));
    (await http.request(url + path)).body.resume();
    expect(requestLines(raw)).toEqual([`GET ${expected ?? path} HTTP/1.1`]);
  });

  test("with method and headers as given", async () => {
    const { raw, url, http } = await excepted((socket) => socket.end(httpAnswer("", ["x-one: a", "X-One: b"])));
    const answer = await http.request(`${url}/x`, { method: "DELETE", headers: { authorization: "Bearer k" } });
    answer.body.resume();
    expect(requestLines(raw)).toEqual(["DELETE /x HTTP/1.1"]);
    expect(raw.received).toContain("\r\nauthorization: Bearer k\r\n");
    expect([answer.status, answer.header("X-One"), answer.header("x-two")]).toEqual([200, "a, b", undefined]);
  });
});

test("no connection is kept: one that outlives Lambda's freeze would be found dead by the next request", async () => {
  const { raw, url, http } = await excepted((socket) => socket.end(httpAnswer()));
  (await http.request(url)).body.resume();
  expect(raw.received).toContain("\r\nconnection: close\r\n");
});

test.each([
  ["100 Continue", "HTTP/1.1 100 Continue\r\n\r\n"],
  ["early hints", "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"],
])("%s that nobody asked for is no answer: the real one follows", async (_name, interim) => {
  const { url, http } = await excepted((socket) => socket.end(interim + httpAnswer("here")));
  const answer = await http.request(url);
  expect([answer.status, await readText(answer, 100)]).toEqual([200, "here"]);
});

test("an upgrade is no answer", async () => {
  const { url, http } = await excepted((socket) =>
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
  );
  await expect(http.request(url)).rejects.toMatchObject({ name: "NetworkFault", code: "ECONNRESET" });
});

test("a redirect is an answer and is not followed", async () => {
  const elsewhere = await startRawListener();
  onTestFinished(() => elsewhere.close());
  const { raw, url, http } = await excepted((socket) =>
    socket.end(`HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:${elsewhere.port}/\r\ncontent-length: 0\r\n\r\n`),
  );
  const answer = await http.request(url);
  answer.body.resume();
  expect([answer.status, raw.connections, elsewhere.connections]).toEqual([302, 1, 0]);
});
