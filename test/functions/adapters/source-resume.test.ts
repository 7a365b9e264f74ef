import { describe, expect, test } from "vitest";
import {
  type Behaviour,
  changedTo,
  changedTotal,
  contentRange,
  cutAt,
  gzipped,
  honest,
  ignoringRange,
  preconditionFailed,
  resetAt,
  resetBeforeHeaders,
  stallAt,
  status,
} from "../../support/behaviour.ts";
import { audio, faultOf, readAll, runOrigin } from "./running-source.ts";

const body = audio(200_000);
const etag = '"v1"';

describe("a body that breaks off is resumed, if its tag is strong", () => {
  test.each<[string, Behaviour, { readonly bodyTimeout?: number }]>([
    ["cut", cutAt(150_000), {}],
    ["reset", resetAt(150_000), {}],
    ["stalled", stallAt(150_000), { bodyTimeout: 500 }],
  ])("%s", async (_name, behaviour, options) => {
    const { origin, open } = await runOrigin({ body, etag }, (_request, nth) => (nth === 1 ? behaviour : honest));
    expect((await readAll(await open(options))).equals(body)).toBe(true);
    const [first, second, ...more] = origin.requests;
    expect(more).toEqual([]);
    expect(first?.headers).not.toHaveProperty("range");
    expect(second?.headers).toMatchObject({ range: "bytes=150000-", "if-match": etag });
  });

  test("as often as it brings bytes", async () => {
    const { origin, open } = await runOrigin({ body, etag }, () => cutAt(10_000));
    expect((await readAll(await open())).equals(body)).toBe(true);
    expect(origin.requests).toHaveLength(20);
  });

  test("but not for ever when it brings none", async () => {
    const { origin, open } = await runOrigin({ body, etag }, (_request, nth) => cutAt(nth === 1 ? 1_000 : 0));
    const source = await open();
    expect(await faultOf(readAll(source))).toMatchObject({
      name: "CopyInterrupted",
      message: expect.stringContaining("broke off at byte 1000 of 200000"),
    });
    expect(origin.requests).toHaveLength(5);
  });

  test("with a fresh URL where the old one has expired meanwhile", async () => {
    const script = (_request: unknown, nth: number) => [cutAt(5_000), status(403), honest][nth - 1];
    const { origin, open, refreshes } = await runOrigin({ body, etag }, script);
    expect((await readAll(await open())).equals(body)).toBe(true);
    expect(refreshes).toHaveLength(1);
    expect(origin.requests[2]?.headers).toMatchObject({ range: "bytes=5000-", "if-match": etag });
  });
});

describe("a body that breaks off starts over, and nothing is appended to it", () => {
  test.each<[string, string | null]>([
    ["without a tag", null],
    ["with a weak tag", 'W/"v1"'],
    ["with a tag that is not in quotes", "v1"],
  ])("%s", async (_name, tag) => {
    for (const behaviour of [cutAt(5_000), resetAt(5_000)]) {
      const { origin, open } = await runOrigin({ body, etag: tag }, () => behaviour);
      expect(await faultOf(readAll(await open()))).toMatchObject({
        name: "CopyInterrupted",
        message: expect.stringContaining("broke off at byte 5000 of 200000"),
      });
      expect(origin.requests).toHaveLength(1);
    }
  });

  test.each<[string, Behaviour]>([
    ["whose tag has changed", changedTo({ etag: '"v2"' })],
    ["whose tag is gone", changedTo({ etag: null })],
    ["that answers 412", preconditionFailed],
    ["that answers 416", status(416)],
    ["that ignores the Range", ignoringRange],
    ["that begins elsewhere", contentRange("bytes 4999-199999/200000")],
    ["that ends too soon", contentRange("bytes 5000-199998/200000")],
    ["whose total has changed", changedTotal(200_001)],
    ["whose total is not said", contentRange("bytes 5000-199999/*")],
    ["whose range is not said", { headers: { "content-range": null } }],
    ["whose range is in other units", contentRange("seconds 5000-199999/200000")],
    ["that is in gzip", gzipped],
    ["that is reset", resetBeforeHeaders],
    ["that answers 503", status(503)],
  ])("when the rest is one %s", async (_name, behaviour) => {
    const script = (_request: unknown, nth: number) => (nth === 1 ? cutAt(5_000) : behaviour);
    const { origin, open } = await runOrigin({ body, etag }, script);
    const pieces: Uint8Array[] = [];
    const source = await open();
    const reading = async () => {
      for await (const piece of source.chunks) pieces.push(piece);
    };
    expect(await faultOf(reading())).toMatchObject({ name: "CopyInterrupted" });
    expect(Buffer.concat(pieces).equals(body.subarray(0, 5_000))).toBe(true);
    expect(origin.requests).toHaveLength(2);
  });

  test("and a rest that is not taken is not read", async () => {
    const script = (_request: unknown, nth: number) =>
      nth === 1 ? cutAt(5_000) : { ...ignoringRange, ...stallAt(100_000) };
    const { origin, open } = await runOrigin({ body, etag }, script);
    expect(await faultOf(readAll(await open()))).toMatchObject({ name: "CopyInterrupted" });
    await expect.poll(() => origin.openConnections).toBe(0);
  });

  test.each<[string, Behaviour]>([
    ["by its length", { content: { body: audio(200_010) }, headers: { "content-range": "bytes 5000-199999/200000" } }],
    [
      "in chunks",
      {
        content: { body: audio(200_010) },
        framing: "chunked",
        headers: { "content-range": "bytes 5000-199999/200000" },
      },
    ],
  ])("when the rest is longer than it says, %s", async (_name, behaviour) => {
    const script = (_request: unknown, nth: number) => (nth === 1 ? cutAt(5_000) : behaviour);
    const { open } = await runOrigin({ body, etag }, script);
    let bytes = 0;
    const source = await open();
    const reading = async () => {
      for await (const piece of source.chunks) bytes += piece.length;
    };
    expect(await faultOf(reading())).toMatchObject({ name: "CopyInterrupted" });
    expect(bytes).toBeLessThanOrEqual(body.length);
  });

  test("when it stalls and has no tag", async () => {
    const { origin, open } = await runOrigin({ body, etag: null }, () => stallAt(5_000));
    expect(await faultOf(readAll(await open({ bodyTimeout: 100 })))).toMatchObject({
      name: "CopyInterrupted",
      message: expect.stringContaining("UND_ERR_BODY_TIMEOUT"),
    });
    await expect.poll(() => origin.openConnections).toBe(0);
  });
});

describe("a reader that stops", () => {
  test("early closes the connection", async () => {
    const { origin, open } = await runOrigin({ body }, () => stallAt(100_000));
    for await (const piece of (await open()).chunks) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    await expect.poll(() => origin.openConnections).toBe(0);
  });

  test("before it began closes the connection by the signal", async () => {
    const { origin, open } = await runOrigin({ body }, () => stallAt(100_000));
    const stop = new AbortController();
    await open({ signal: stop.signal });
    stop.abort();
    await expect.poll(() => origin.openConnections).toBe(0);
  });

  test("by the signal is told that its time is up, and nothing is resumed", async () => {
    const { origin, open } = await runOrigin({ body, etag }, () => stallAt(100_000));
    const stop = new AbortController();
    const source = await open({ signal: stop.signal });
    await source.chunks.next();
    stop.abort();
    expect(await faultOf(readAll(source))).toMatchObject({
      name: "CopyInterrupted",
      message: expect.stringContaining("the function's time is up"),
    });
    expect(origin.requests).toHaveLength(1);
    await expect.poll(() => origin.openConnections).toBe(0);
  });

  test("by a signal that had fired already sends nothing", async () => {
    const { origin, open } = await runOrigin({ body });
    expect(await faultOf(open({ signal: AbortSignal.abort() }))).toMatchObject({ name: "CopyInterrupted" });
    expect(origin.requests).toEqual([]);
  });
});
