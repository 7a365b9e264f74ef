import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { createCopyBudget } from "../../../functions/adapters/copy-budget.ts";
import { createGuardedHttp } from "../../../functions/adapters/guarded-http.ts";
import {
  type Behaviour,
  chunked,
  closeDelimited,
  drip,
  empty,
  gzipped,
  htmlPage,
  longerThanAnnounced,
  redirect,
  resetBeforeHeaders,
  stallAt,
  stallBeforeHeaders,
  status,
} from "../../support/behaviour.ts";
import { startRawListener } from "../../support/raw-listener.ts";
import { audio, faultOf, runOrigin } from "./running-source.ts";

const body = audio(200_000);

test("an honest answer is read byte for byte, with its size and type", async () => {
  const { origin, open, readAll } = await runOrigin({ body, contentType: "audio/mpeg" });
  const source = await open();
  expect([source.bytes, source.contentType]).toEqual([body.length, "audio/mpeg"]);
  expect((await readAll(source)).equals(body)).toBe(true);
  expect(origin.requests).toMatchObject([
    {
      method: "GET",
      path: "/o%2F1/output.wav?X-Goog-Date=0&X-Goog-Signature=00ffsecret00ff0",
      headers: { "accept-encoding": "identity" },
    },
  ]);
  expect(origin.requests[0]?.headers).not.toHaveProperty("authorization");
});

test.each([1, 2, 511, 512, 513])("a body of %i bytes", async (bytes) => {
  const { open, readAll } = await runOrigin({ body: audio(bytes) }, () => drip(200, 1));
  expect(await readAll(await open())).toEqual(audio(bytes));
});

test("nothing announced as a type is taken for bytes", async () => {
  const { open } = await runOrigin({ body, contentType: null });
  expect(await open()).toMatchObject({ contentType: "application/octet-stream" });
});

describe("more bytes than announced are not seen: HTTP ends the body where it was said to end", () => {
  test.each([
    [200_000, '"v1"'],
    [200_000, null],
    // Its surplus comes together with it.
    [1_000, '"v1"'],
    [1_000, null],
  ])("of %i bytes, with the tag %s", async (bytes, etag) => {
    const { open, readAll, meter } = await runOrigin({ body: audio(bytes), etag }, () => longerThanAnnounced(7));
    expect(await readAll(await open())).toEqual(audio(bytes));
    expect(meter.counts).toMatchObject({ bytes, resumes: 0 });
  });
});

describe("an answer that could not be verified is refused for good", () => {
  test.each<[string, Behaviour, RegExp]>([
    ["without a length, to the end of the connection", closeDelimited, /its length was not announced/],
    ["without a length, in chunks", chunked, /its length was not announced/],
    ["in gzip", gzipped, /Content-Encoding "gzip", which is not decoded/],
    ["of no bytes", empty, /the output is empty \(0 bytes\)/],
    ["that is a redirect", redirect("https://example.com/?X-Goog-Signature=secret"), /a redirect \(302\)/],
    ["402", status(402), /answered 402/],
    ["405", status(405), /answered 405/],
    ["of two lengths", { headers: { "content-length": "200000, 5" } }, /its length was not announced/],
  ])("%s", async (_name, behaviour, message) => {
    const { origin, open, refreshes } = await runOrigin({ body }, () => behaviour);
    expect(await faultOf(open())).toMatchObject({ name: "TransferFailed", message: expect.stringMatching(message) });
    expect([origin.requests.length, refreshes.length]).toEqual([1, 0]);
  });

  test("larger than the cap, before the first byte", async () => {
    const { origin, open } = await runOrigin({ body });
    expect(await faultOf(open({ maxBytes: body.length - 1 }))).toMatchObject({
      name: "TransferFailed",
      message: expect.stringContaining("200000 bytes are more than the configured 199999"),
    });
    await expect.poll(() => origin.openConnections).toBe(0);
    expect((await open({ maxBytes: body.length })).bytes).toBe(body.length);
  });
});

describe("an answer that may be better next time interrupts the copy", () => {
  test.each<[string, Behaviour, RegExp]>([
    ["an error page in HTML", htmlPage(), /"text\/html; charset=utf-8" is not a type of audio/],
    ["an error page in XML with 200", { content: { contentType: "application/xml" } }, /is not a type of audio/],
    ["a reset", resetBeforeHeaders, /ECONNRESET/],
    ["206 to a request for the whole", { status: 206 }, /206/],
    ["412 to a request without a condition", status(412), /412/],
    ["204", status(204), /answered 204/],
    ["408", status(408), /answered 408/],
    ["429", status(429), /answered 429/],
    ["500", status(500), /answered 500/],
    ["503", status(503), /answered 503/],
  ])("%s", async (_name, behaviour, message) => {
    const { origin, open, refreshes } = await runOrigin({ body }, () => behaviour);
    expect(await faultOf(open())).toMatchObject({ name: "CopyInterrupted", message: expect.stringMatching(message) });
    expect([origin.requests.length, refreshes.length]).toEqual([1, 0]);
  });

  test("silence instead of headers", async () => {
    const { origin, open } = await runOrigin({ body }, () => stallBeforeHeaders);
    expect(await faultOf(open({ headersTimeout: 100 }))).toMatchObject({
      name: "CopyInterrupted",
      message: expect.stringContaining("HEADERS_TIMEOUT"),
    });
    await expect.poll(() => origin.openConnections).toBe(0);
  });

  test.each<[string, Uint8Array]>([
    ["HTML", Buffer.from("<!doctype html><title>Sorry</title>")],
    ["XML behind a byte order mark", Buffer.from("\ufeff<?xml version='1.0'?><Error/>")],
    ["JSON", Buffer.from(JSON.stringify({ message: "x".repeat(2_000) }))],
    ["gzip without a Content-Encoding", gzipSync(body)],
  ])("%s under a type of audio, and nothing of it is passed on", async (_name, bytes) => {
    const { open, read } = await runOrigin({ body: bytes }, () => drip(bytes.length > 1_000 ? 500 : 5, 0));
    const reader = read(await open(), { partBytes: 512 });
    expect(await faultOf(reader.parts().next())).toMatchObject({
      name: "CopyInterrupted",
      message: expect.stringContaining("first bytes"),
    });
  });

  test.each<[string, Behaviour]>([
    ["its type", { content: { contentType: "text/html" } }],
    ["its first bytes", { content: { body: Buffer.alloc(200_000, "x") } }],
  ])("and its connection is closed as soon as %s are seen", async (_name, behaviour) => {
    const { origin, open, read } = await runOrigin({ body }, () => ({ ...behaviour, ...stallAt(100_000) }));
    await faultOf(open().then((source) => read(source, { partBytes: 150_000 }).parts().next()));
    await expect.poll(() => origin.openConnections).toBe(0);
  });
});

describe("a URL that is refused as expired is fetched afresh, three times at most", () => {
  test.each([400, 401, 403, 404, 410])("%i", async (code) => {
    const script = (_request: unknown, nth: number) => (nth <= 3 ? status(code) : {});
    const { origin, open, readAll, refreshes, meter } = await runOrigin({ body }, script);
    expect((await readAll(await open())).equals(body)).toBe(true);
    expect(origin.requests.map(({ path }) => /X-Goog-Date=(\d)/.exec(path)?.[1])).toEqual(["0", "1", "2", "3"]);
    expect([refreshes.length, meter.counts.refreshes]).toEqual([3, 3]);
  });

  test("and then believed", async () => {
    const { origin, open, refreshes } = await runOrigin({ body }, () => status(403));
    expect(await faultOf(open())).toMatchObject({
      name: "TransferFailed",
      message: expect.stringContaining("answered 403, also after 3 fresh ones"),
    });
    expect([origin.requests.length, refreshes.length]).toEqual([4, 3]);
  });

  test("and a project that cannot be fetched ends it in its own way", async () => {
    const { open } = await runOrigin({ body }, () => status(403));
    const gone = new Error("the project is gone");
    await expect(open({ refreshUrl: () => Promise.reject(gone) })).rejects.toBe(gone);
  });
});

describe("a URL that points inside is refused for good, before a connection", () => {
  test.each([
    ["at loopback", (port: number) => `https://127.0.0.1:${port}/a.wav?X-Goog-Signature=secret`],
    ["at a name of loopback", (port: number) => `https://inside.test:${port}/a.wav?X-Goog-Signature=secret`],
    ["over http", (port: number) => `http://127.0.0.1:${port}/a.wav?X-Goog-Signature=secret`],
    ["with a user", (port: number) => `https://secret@127.0.0.1:${port}/a.wav`],
  ])("%s", async (_name, urlOf) => {
    const inside = await startRawListener();
    const http = createGuardedHttp({
      resolve: (_hostname, answer) => answer(null, [{ address: "127.0.0.1", family: 4 }]),
    });
    onTestFinished(async () => {
      await http.close();
      await inside.close();
    });
    const { open, run } = await runOrigin({ body });
    const { connections } = createCopyBudget(http, run.signal);
    expect(await faultOf(open({ connections, url: urlOf(inside.port) }))).toMatchObject({ name: "TransferFailed" });
    expect(inside.connections).toBe(0);
  });
});
