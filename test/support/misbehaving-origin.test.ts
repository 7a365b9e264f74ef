import { gunzipSync } from "node:zlib";
import { request } from "undici";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  type Behaviour,
  changedTo,
  changedTotal,
  chunked,
  closeDelimited,
  contentRange,
  cutAt,
  drip,
  empty,
  gzipped,
  honest,
  htmlPage,
  ignoringRange,
  longerThanAnnounced,
  preconditionFailed,
  redirect,
  resetAt,
  resetBeforeHeaders,
  stallAt,
  stallBeforeHeaders,
  status,
} from "./behaviour.ts";
import { type OriginScript, startMisbehavingOrigin } from "./misbehaving-origin.ts";

const body = Buffer.from("0123456789");
const etag = '"v1"';

async function run(script: OriginScript | Behaviour) {
  const scripted = typeof script === "function" ? script : () => script;
  const origin = await startMisbehavingOrigin({ body, etag }, scripted);
  onTestFinished(() => origin.close());
  return origin;
}

/** Status, headers and as much of the body as came; `fault` when it broke off. */
async function get(url: string, headers: Record<string, string> = {}, signal?: AbortSignal) {
  const response = await request(url, { headers, ...(signal && { signal }) });
  const pieces: Buffer[] = [];
  let fault: unknown;
  try {
    for await (const piece of response.body as AsyncIterable<Buffer>) pieces.push(piece);
  } catch (error) {
    fault = error;
  }
  return { status: response.statusCode, headers: response.headers, bytes: Buffer.concat(pieces), fault };
}

describe("an honest answer", () => {
  test("is whole, with a length, a type and a strong tag", async () => {
    const answer = await get((await run(honest)).url);
    expect(answer).toMatchObject({ status: 200, bytes: body, fault: undefined });
    expect(answer.headers).toMatchObject({ "content-length": "10", "content-type": "audio/wav", etag });
  });

  test("is the rest to a Range, 416 past the end, 412 to another tag, 403 to HEAD", async () => {
    const { url } = await run(honest);
    const rest = await get(url, { range: "bytes=4-", "if-match": etag });
    expect(rest).toMatchObject({ status: 206, bytes: Buffer.from("456789") });
    expect(rest.headers).toMatchObject({ "content-range": "bytes 4-9/10", "content-length": "6", etag });
    expect((await get(url, { range: "bytes=2-3" })).bytes.toString()).toBe("23");
    expect(await get(url, { range: "bytes=10-" })).toMatchObject({ status: 416 });
    expect(await get(url, { range: "bytes=4-", "if-match": '"v2"' })).toMatchObject({ status: 412 });
    expect((await fetch(url, { method: "HEAD" })).status).toBe(403);
  });
});

describe("a body that ends badly", () => {
  test.each([
    ["cutAt", cutAt(4)],
    ["resetAt", resetAt(4)],
  ])("%s", async (_name, behaviour) => {
    const answer = await get((await run(behaviour)).url);
    expect(answer).toMatchObject({ status: 200, bytes: Buffer.from("0123"), fault: expect.any(Error) });
    expect(answer.headers["content-length"]).toBe("10");
  });

  test("resetBeforeHeaders", async () => {
    await expect(get((await run(resetBeforeHeaders)).url)).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  test("stallAt and stallBeforeHeaders last until the origin closes", async () => {
    const origin = await run(({ path }) => (path === "/body" ? stallAt(4) : stallBeforeHeaders));
    const inBody = get(`${origin.url}/body`);
    const ahead = expect(get(`${origin.url}/headers`)).rejects.toThrow();
    await expect.poll(() => origin.openConnections).toBe(2);
    await origin.close();
    expect(await inBody).toMatchObject({ bytes: Buffer.from("0123"), fault: expect.any(Error) });
    await ahead;
    expect(origin.openConnections).toBe(0);
  });
});

describe("an answer that is not what was asked for", () => {
  test.each([
    ["closeDelimited", closeDelimited, "connection"],
    ["chunked", chunked, "transfer-encoding"],
  ])("%s announces no length", async (_name, behaviour, header) => {
    const answer = await get((await run(behaviour)).url);
    expect(answer).toMatchObject({ status: 200, bytes: body, fault: undefined });
    expect(answer.headers["content-length"]).toBeUndefined();
    expect(answer.headers[header]).toMatch(/close|chunked/);
  });

  test.each<[string, Behaviour, number, string | undefined, string]>([
    ["contentRange", contentRange("bytes 1-2/3"), 206, "bytes 1-2/3", "456789"],
    ["changedTotal", changedTotal(99), 206, "bytes 4-9/99", "456789"],
    ["changedTo", changedTo({ body: Buffer.from("abcdef"), etag: '"v2"' }), 206, "bytes 4-5/6", "ef"],
    ["ignoringRange", ignoringRange, 200, undefined, "0123456789"],
    ["preconditionFailed", preconditionFailed, 412, undefined, expect.stringContaining("<Error>")],
    ["status", status(503), 503, undefined, expect.stringContaining("<Error>")],
  ])("%s, to a Range", async (_name, behaviour, code, range, bytes) => {
    const answer = await get((await run(behaviour)).url, { range: "bytes=4-", "if-match": etag });
    expect([answer.status, answer.headers["content-range"]]).toEqual([code, range]);
    expect(answer.bytes.toString()).toEqual(bytes);
  });

  test("gzipped", async () => {
    const answer = await get((await run(gzipped)).url);
    expect(answer.headers).toMatchObject({ "content-encoding": "gzip" });
    expect(gunzipSync(answer.bytes)).toEqual(body);
  });

  test("htmlPage, redirect and empty", async () => {
    const behaviours = [htmlPage(), htmlPage("audio/mpeg"), redirect("http://example.com/x"), empty];
    const { url } = await run((_request, nth) => behaviours[nth - 1]);
    const [page, hidden, redirected, nothing] = [await get(url), await get(url), await get(url), await get(url)];
    expect(page.headers).toMatchObject({ "content-type": "text/html; charset=utf-8" });
    expect(hidden.headers).toMatchObject({ "content-type": "audio/mpeg" });
    expect(hidden.bytes.toString()).toContain("<!doctype html>");
    expect([redirected.status, redirected.headers["location"]]).toEqual([302, "http://example.com/x"]);
    expect([nothing.status, nothing.headers["content-length"], nothing.bytes.length]).toEqual([200, "0", 0]);
  });

  test("longerThanAnnounced: a client sees as much as was announced", async () => {
    expect(await get((await run(longerThanAnnounced(5))).url)).toMatchObject({ status: 200, bytes: body });
  });

  test("drip: all of it, in pieces, and a client that leaves ends it", async () => {
    const origin = await run(drip(3, 5));
    expect(await get(origin.url)).toMatchObject({ bytes: body, fault: undefined });
    const leaving = new AbortController();
    const answer = await request(origin.url, { signal: leaving.signal });
    leaving.abort();
    await expect(answer.body.text()).rejects.toThrow();
  });
});

test("records requests byte for byte, counts connections, and resets where the script fails", async () => {
  const origin = await run(async ({ path }) => {
    if (path === "/broken") throw new Error("the script's own");
    return undefined;
  });
  await get(`${origin.url}/a%2Fb?sig=x%2Bz`, { "x-mark": "1" });
  expect(origin.requests).toMatchObject([{ method: "GET", path: "/a%2Fb?sig=x%2Bz", headers: { "x-mark": "1" } }]);
  await expect(get(`${origin.url}/broken`)).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(origin.connections).toBeGreaterThan(0);
});
