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
import { audio, faultOf, partBytes, runOrigin } from "./running-source.ts";

const body = audio(200_000);
const etag = '"v1"';

/** What the rest of a body says that broke off at byte 150,000. */
const rest = "bytes 150000-199999/200000";

describe("a body that breaks off is resumed, if its tag is strong", () => {
  test.each<[string, Behaviour, { readonly bodyTimeout?: number }]>([
    ["cut", cutAt(150_000), {}],
    ["reset", resetAt(150_000), {}],
    // Sooner than the reader would try a second connection.
    ["stalled", stallAt(150_000), { bodyTimeout: 200 }],
  ])("%s", async (_name, behaviour, options) => {
    const script = (_request: unknown, nth: number) => (nth === 1 ? behaviour : honest);
    const { origin, open, readAll, meter } = await runOrigin({ body, etag }, script);
    expect((await readAll(await open(options))).equals(body)).toBe(true);
    expect(meter.counts).toMatchObject({ bytes: body.length, resumes: 1 });
    const [first, second, ...more] = origin.requests;
    expect(more).toEqual([]);
    expect(first?.headers).not.toHaveProperty("range");
    expect(second?.headers).toMatchObject({ range: "bytes=150000-", "if-match": etag });
  });

  test("as often as it brings bytes", async () => {
    const { origin, open, readAll } = await runOrigin({ body, etag }, () => cutAt(10_000));
    expect((await readAll(await open())).equals(body)).toBe(true);
    expect(origin.requests).toHaveLength(20);
  });

  test("but not for ever when it brings none", async () => {
    const script = (_request: unknown, nth: number) => cutAt(nth === 1 ? 1_000 : 0);
    const { origin, open, readAll } = await runOrigin({ body, etag }, script);
    const source = await open();
    expect(await faultOf(readAll(source))).toMatchObject({
      name: "CopyInterrupted",
      message: expect.stringMatching(/broke off at byte 1000 of 200000 \(.+\), 4 times in a row/),
    });
    expect(origin.requests).toHaveLength(5);
  });

  test("with a fresh URL where the old one has expired meanwhile", async () => {
    const script = (_request: unknown, nth: number) => [cutAt(5_000), status(403), honest][nth - 1];
    const { origin, open, readAll, refreshes } = await runOrigin({ body, etag }, script);
    expect((await readAll(await open())).equals(body)).toBe(true);
    expect(refreshes).toHaveLength(1);
    expect(origin.requests[2]?.headers).toMatchObject({ range: "bytes=5000-", "if-match": etag });
  });
});

describe("a body that breaks off starts over, and nothing is appended to it", () => {
  const brokenOff = 150_000;

  test.each<[string, string | null]>([
    ["without a tag", null],
    ["with a weak tag", 'W/"v1"'],
    ["with a tag that is not in quotes", "v1"],
  ])("%s", async (_name, tag) => {
    for (const behaviour of [cutAt(5_000), resetAt(5_000)]) {
      const { origin, open, readAll } = await runOrigin({ body, etag: tag }, () => behaviour);
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
    ["that begins elsewhere", contentRange("bytes 149999-199999/200000")],
    ["that ends too soon", contentRange("bytes 150000-199998/200000")],
    ["whose total has changed", changedTotal(200_001)],
    ["whose total is not said", contentRange("bytes 150000-199999/*")],
    ["whose range is not said", { headers: { "content-range": null } }],
    ["whose range is in other units", contentRange("seconds 150000-199999/200000")],
    ["that is in gzip", gzipped],
    ["that is reset", resetBeforeHeaders],
    ["that answers 503", status(503)],
    ["that is shorter than its range", { content: { body: audio(190_000) }, ...contentRange(rest) }],
    ["that is longer than its range", { content: { body: audio(200_010) }, ...contentRange(rest) }],
    ["whose length is not announced", { framing: "chunked", ...contentRange(rest) }],
    [
      "that is longer than its range, in chunks",
      { content: { body: audio(200_010) }, framing: "chunked", ...contentRange(rest) },
    ],
  ])("when the rest is one %s", async (_name, behaviour) => {
    const script = (_request: unknown, nth: number) => (nth === 1 ? cutAt(brokenOff) : behaviour);
    const { origin, open, readAll } = await runOrigin({ body, etag }, script);
    const pieces: Buffer[] = [];
    expect(await faultOf(readAll(await open(), {}, pieces))).toMatchObject({ name: "CopyInterrupted" });
    // The parts that were complete by then; of the one that was not, nothing.
    expect(Buffer.concat(pieces).equals(body.subarray(0, 2 * partBytes))).toBe(true);
    expect(origin.requests).toHaveLength(2);
    await expect.poll(() => origin.openConnections).toBe(0);
  });

  test("and a rest that is not taken is not read", async () => {
    const script = (_request: unknown, nth: number) =>
      nth === 1 ? cutAt(brokenOff) : { ...ignoringRange, ...stallAt(100_000) };
    const { origin, open, readAll } = await runOrigin({ body, etag }, script);
    expect(await faultOf(readAll(await open()))).toMatchObject({ name: "CopyInterrupted" });
    await expect.poll(() => origin.openConnections).toBe(0);
  });

  test("when it stalls and has no tag", async () => {
    const { origin, open, readAll } = await runOrigin({ body, etag: null }, () => stallAt(5_000));
    expect(await faultOf(readAll(await open({ bodyTimeout: 100 })))).toMatchObject({
      name: "CopyInterrupted",
      message: expect.stringContaining("BODY_TIMEOUT"),
    });
    await expect.poll(() => origin.openConnections).toBe(0);
  });
});

describe("a reader that stops", () => {
  test("early closes the connection", async () => {
    const { origin, open, read } = await runOrigin({ body }, () => stallAt(100_000));
    for await (const part of read(await open()).parts()) {
      expect(part.bytes.length).toBe(partBytes);
      part.release();
      break;
    }
    await expect.poll(() => origin.openConnections).toBe(0);
  });

  test("before it began closes the connection by the run's end", async () => {
    const { origin, open, run } = await runOrigin({ body }, () => stallAt(100_000));
    await open();
    run.abort();
    await expect.poll(() => origin.openConnections).toBe(0);
  });

  test("by the signal is told that its time is up, and nothing is resumed", async () => {
    const { origin, open, read } = await runOrigin({ body, etag }, () => stallAt(100_000));
    const stop = new AbortController();
    const parts = read(await open(), { signal: stop.signal }).parts();
    const first = await parts.next();
    if (!first.done) first.value.release();
    stop.abort();
    expect(await faultOf(parts.next())).toMatchObject({
      name: "CopyInterrupted",
      message: expect.stringContaining("the function's time is up"),
    });
    expect(origin.requests).toHaveLength(1);
    await expect.poll(() => origin.openConnections).toBe(0);
  });

  test("by a signal that had fired already is told so before anything is passed on", async () => {
    const { origin, open, readAll } = await runOrigin({ body });
    const pieces: Buffer[] = [];
    expect(await faultOf(readAll(await open(), { signal: AbortSignal.abort() }, pieces))).toMatchObject({
      name: "CopyInterrupted",
      message: expect.stringContaining("the function's time is up"),
    });
    expect(pieces).toEqual([]);
    await expect.poll(() => origin.openConnections).toBe(0);
  });

  test("by a run that was over already sends nothing", async () => {
    const { origin, open, run } = await runOrigin({ body });
    run.abort();
    expect(await faultOf(open())).toMatchObject({ name: "CopyInterrupted" });
    expect(origin.requests).toEqual([]);
    await expect.poll(() => origin.openConnections).toBe(0);
  });
});
