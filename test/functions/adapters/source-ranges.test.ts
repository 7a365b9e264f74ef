/** Ranged GETs at once: when there are several, when there is one, and what is left of them when reading ends early. */
import { describe, expect, test } from "vitest";
import { createHashThread } from "../../../functions/adapters/hash-thread.ts";
import type { Part } from "../../../functions/adapters/part-assembly.ts";
import type { SourceReader } from "../../../functions/adapters/source-reader.ts";
import {
  type Behaviour,
  changedTo,
  changedTotal,
  contentRange,
  drip,
  gzipped,
  ignoringRange,
  preconditionFailed,
  resetBeforeHeaders,
  stallAt,
  stallBeforeHeaders,
  status,
} from "../../support/behaviour.ts";
import type { RecordedRequest } from "../../support/misbehaving-origin.ts";
import { hurrySampling } from "./hurried-sampling.ts";
import { body, etag, except, paced, rangeOf, withTwo } from "./paced-source.ts";
import { readEverything } from "./read-everything.ts";
import { audio, faultOf, partBytes, runOrigin } from "./running-source.ts";

describe("a source whose connections are the slow part", () => {
  test("is read over several at once, in ranges of one version, and each connection carries many", async () => {
    // Long enough for a dozen pieces of each connection, because it is their speed that counts.
    hurrySampling(50);
    const long = audio(64 * partBytes);
    let most = 0;
    const script = () => {
      most = Math.max(most, origin.openConnections);
      return paced;
    };
    const { origin, open, readAll, meter } = await runOrigin({ body: long, etag }, script);
    expect((await readAll(await open())).equals(long)).toBe(true);
    const [whole, ...ranged] = origin.requests;
    expect(whole?.headers).not.toHaveProperty("range");
    expect(ranged.every(({ headers }) => headers["if-match"] === etag)).toBe(true);
    expect(most).toBeGreaterThan(2);
    expect(most).toBeLessThanOrEqual(8 + 1);
    expect(ranged.length).toBeGreaterThan(2 * origin.connections);
    // No byte is asked for twice.
    const firsts = ranged.map((request) => rangeOf(request).first);
    expect(new Set(firsts).size).toBe(firsts.length);
    expect(meter.counts).toEqual({ bytes: long.length, retries: 0, resumes: 0, refreshes: 0 });
  });

  test("is put together in its order, however the segments of a part come", async () => {
    hurrySampling();
    const large = audio(11 * 1_024 ** 2 + 7);
    // Every other answer is four times as slow.
    const script = (_request: RecordedRequest, nth: number) => drip(128 * 1_024, nth % 2 === 0 ? 2 : 8);
    const { origin, open, readAll } = await runOrigin({ body: large, etag }, script);
    const source = await open({ maxBytes: large.length });
    expect((await readAll(source, { partBytes: 5 * 1_024 ** 2 })).equals(large)).toBe(true);
    expect(origin.requests.length).toBeGreaterThan(2);
  });

  test.each([null, 'W/"v1"'])("is read over one, if its tag is %s", async (tag) => {
    hurrySampling();
    const { origin, open, readAll } = await runOrigin({ body, etag: tag }, () => paced);
    expect((await readAll(await open())).equals(body)).toBe(true);
    expect(origin.requests).toHaveLength(1);
  });

  test.each([
    ["six are at work elsewhere", 6, 2],
    ["eight are", 8, 1],
  ])("has only what the run has to spare: when %s", async (_name, others, most) => {
    hurrySampling();
    const seen: number[] = [];
    let reader: SourceReader | undefined;
    const script = () => {
      seen.push(reader?.connections ?? 1);
      return paced;
    };
    const { open, read, connections } = await runOrigin({ body, etag }, script);
    for (let other = 0; other < others; other += 1) connections.reserve(true);
    reader = read(await open());
    expect((await readEverything(reader, partBytes)).equals(body)).toBe(true);
    expect(Math.max(...seen)).toBe(most);
  });
});

describe("a first ranged request that is not answered as it must be leaves the one connection that there is", () => {
  test.each<[string, Behaviour]>([
    ["with the whole (200)", ignoringRange],
    ["with 412", preconditionFailed],
    ["with 416", status(416)],
    ["with 429", status(429)],
    ["with 500", status(500)],
    ["with 503", status(503)],
    ["with another version", changedTo({ etag: '"v2"', body: Buffer.alloc(body.length, 7) })],
    ["with a weak tag", changedTo({ etag: 'W/"v1"' })],
    ["without a tag", changedTo({ etag: null })],
    ["with a range that begins elsewhere", contentRange(`bytes 1-${partBytes}/${body.length}`)],
    ["without a range", { headers: { "content-range": null } }],
    ["with another total", changedTotal(body.length + 1)],
    ["in gzip", gzipped],
    ["in chunks", { framing: "chunked" }],
    ["with a reset", resetBeforeHeaders],
    ["with silence", stallBeforeHeaders],
  ])("%s", async (_name, behaviour) => {
    const { origin, open, readAll, meter } = await runOrigin({ body, etag }, withTwo(except(2, behaviour)));
    expect((await readAll(await open({ headersTimeout: 100 }))).equals(body)).toBe(true);
    expect(origin.requests).toHaveLength(2);
    expect(origin.requests[1]?.headers["if-match"]).toBe(etag);
    expect(rangeOf(origin.requests[1])).toEqual({ first: expect.any(Number), last: expect.any(Number) });
    expect(meter.counts).toMatchObject({ bytes: body.length, resumes: 0 });
    // Its own is kept for the next source; that of the other answer is not.
    await expect.poll(() => origin.openConnections).toBe(1);
  });

  test.each<[string, (url: string) => Promise<string>, number]>([
    ["also after fresh URLs", async (url) => url, 4],
    ["and no fresh URL", () => Promise.reject(new Error("the project is gone")), 1],
  ])("with 403, %s", async (_name, refresh, refused) => {
    const script = ({ headers }: RecordedRequest) => (headers.range ? status(403) : paced);
    const { origin, open, readAll } = await runOrigin({ body, etag }, withTwo(script));
    const source = await open({ refreshUrl: () => refresh(`${origin.url}/fresh.wav`) });
    expect((await readAll(source)).equals(body)).toBe(true);
    expect(origin.requests).toHaveLength(1 + refused);
  });
});

test("a hashing thread that ends fails the reading at once, although its parts are still on their way", async () => {
  const hashing = createHashThread();
  const { open, read } = await runOrigin({ body, etag });
  const reader = read(await open(), { hashing });
  const held: Part[] = [];
  const reading = async () => {
    for await (const part of reader.parts()) {
      held.push(part);
      hashing.close();
    }
  };
  await expect(reading()).rejects.toMatchObject({
    name: "CopyInterrupted",
    message: expect.stringContaining("the hashing thread ended"),
  });
  for (const part of held) part.release();
});

describe("reading that ends early closes all connections that are in the middle of an answer", () => {
  /** The whole stalls in its fourth part, and every range in its middle. */
  const stalling = ({ headers }: RecordedRequest) => ({
    ...paced,
    ...stallAt(headers.range ? partBytes / 2 : 3.5 * partBytes),
  });

  test("when its consumer leaves", async () => {
    const { origin, open, read } = await runOrigin({ body, etag }, withTwo(stalling));
    const reader = read(await open());
    for await (const part of reader.parts()) {
      part.release();
      if (part.number < 2) continue;
      await expect.poll(() => reader.connections).toBe(2);
      break;
    }
    await expect.poll(() => [origin.openConnections, reader.connections], { timeout: 5_000 }).toEqual([0, 0]);
  });

  test("when its signal fires", async () => {
    const stop = new AbortController();
    const { origin, open, read } = await runOrigin({ body, etag }, withTwo(stalling));
    const reader = read(await open(), { signal: stop.signal });
    const reading = async () => {
      for await (const part of reader.parts()) part.release();
    };
    const ended = faultOf(reading());
    await expect.poll(() => reader.connections).toBe(2);
    stop.abort();
    expect(await ended).toMatchObject({ message: expect.stringContaining("the function's time is up") });
    await expect.poll(() => [origin.openConnections, reader.connections], { timeout: 5_000 }).toEqual([0, 0]);
  });

  test("when an answer has not begun by its end", async () => {
    const never = Promise.withResolvers<void>();
    const script = async (request: RecordedRequest) => {
      if (request.headers.range) await never.promise;
      return stalling(request);
    };
    const { origin, open, read } = await runOrigin({ body, etag }, withTwo(script));
    const reader = read(await open());
    const parts = reader.parts();
    const first = await parts.next();
    if (!first.done) first.value.release();
    await expect.poll(() => origin.requests).toHaveLength(2);
    await parts.return(undefined);
    await expect.poll(() => [origin.openConnections, reader.connections], { timeout: 5_000 }).toEqual([0, 0]);
  });
});
