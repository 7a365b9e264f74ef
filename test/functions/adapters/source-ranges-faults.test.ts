/** What happens to one of several connections: it costs no byte of the copy, or the copy starts over; never is there a wrong byte. */
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { createPartBuffers } from "../../../functions/adapters/part-buffers.ts";
import {
  type Behaviour,
  changedTo,
  changedTotal,
  contentRange,
  cutAt,
  ignoringRange,
  preconditionFailed,
  resetAt,
  stallAt,
  stallBeforeHeaders,
  status,
} from "../../support/behaviour.ts";
import type { OriginScript, RecordedRequest } from "../../support/misbehaving-origin.ts";
import { countedBuffers } from "./counted-buffers.ts";
import { hurrySampling } from "./hurried-sampling.ts";
import { body, etag, except, paced, rangeOf, withTwo } from "./paced-source.ts";
import { audio, faultOf, partBytes, runOrigin } from "./running-source.ts";

test.each<[string, Behaviour]>([
  ["cut", cutAt(20_000)],
  ["reset", resetAt(20_000)],
  ["stalled", stallAt(20_000)],
])("one whose answer is %s asks for the rest of what it was to bring", async (_name, behaviour) => {
  const { origin, open, readAll, meter } = await runOrigin({ body, etag }, withTwo(except(3, behaviour)));
  expect((await readAll(await open({ bodyTimeout: 150 }))).equals(body)).toBe(true);
  expect(meter.counts).toMatchObject({ bytes: body.length, resumes: 1 });
  // A reset takes with it what was not read yet.
  const { first: asked = Number.NaN } = rangeOf(origin.requests[2]);
  const within = origin.requests.filter((request) => {
    const { first = 0 } = rangeOf(request);
    return first > asked && first <= asked + 20_000;
  });
  expect(within).toHaveLength(1);
});

test("one that brings nothing again and again ends the copy", async () => {
  const script = (_request: RecordedRequest, nth: number) => (nth <= 2 ? paced : cutAt(0));
  const { open, readAll } = await runOrigin({ body, etag }, withTwo(script));
  expect(await faultOf(readAll(await open()))).toMatchObject({
    name: "CopyInterrupted",
    message: expect.stringContaining("4 times in a row"),
  });
});

test.each([429, 500, 503])("one that is answered %i leaves its part to the others", async (code) => {
  const { origin, open, readAll, meter } = await runOrigin({ body, etag }, withTwo(except(3, status(code))));
  expect((await readAll(await open())).equals(body)).toBe(true);
  const firsts = origin.requests.map((request) => rangeOf(request).first);
  expect(firsts.filter((first) => first === firsts[2])).toHaveLength(2);
  expect(meter.counts).toMatchObject({ bytes: body.length });
});

test("an origin that allows two at a time is read over two", async () => {
  hurrySampling();
  let most = 0;
  const script = async (): Promise<Behaviour> => {
    // One that was closed by the reader is seen to be closed a moment later: on a busy machine, a long one.
    for (let moment = 0; moment < 40 && origin.openConnections > 2; moment += 1) await setTimeout(5);
    if (origin.openConnections > 2) return status(429);
    most = Math.max(most, origin.openConnections);
    return paced;
  };
  const { origin, open, readAll } = await runOrigin({ body, etag }, script);
  expect((await readAll(await open())).equals(body)).toBe(true);
  expect(most).toBe(2);
});

/** Leaves the third request without an answer, and its repetition: on a kept connection it is sent once more, over a new one. */
function silentThird(): OriginScript {
  let silent: number | undefined;
  let times = 0;
  return (request, nth) => {
    const { first } = rangeOf(request);
    if (nth === 3) silent = first;
    if (nth < 3 || first !== silent || times === 2) return paced;
    times += 1;
    return stallBeforeHeaders;
  };
}

test("what one leaves that had no answer for long is read, although the other waits for a buffer by then", async () => {
  const { open, readAll } = await runOrigin({ body, etag }, withTwo(silentThird()));
  const buffers = countedBuffers(createPartBuffers(4 * partBytes));
  const source = await open({ headersTimeout: 200 });
  expect((await readAll(source, { buffers, signal: AbortSignal.timeout(3_000) })).equals(body)).toBe(true);
  expect(buffers.waits).toBeGreaterThan(0);
  expect(buffers.used).toBe(0);
});

test("one that has no answer is not the one that stays when there is no gain in two", async () => {
  const long = audio(96 * partBytes);
  const { open, readAll, connections } = await runOrigin({ body: long, etag }, silentThird());
  // Others have all but two of the run's connections: so what is left takes longer than the wait.
  for (let other = 0; other < 6; other += 1) connections.reserve(true);
  // Long enough for the speed to be measured well, and short enough for that to happen within the wait.
  hurrySampling(40);
  expect((await readAll(await open({ headersTimeout: 300 }))).equals(long)).toBe(true);
});

test("a URL that has expired is fetched afresh once for all of them", async () => {
  const several = Promise.withResolvers<void>();
  let refused = 0;
  const script = ({ path }: RecordedRequest, nth: number) => {
    if (nth <= 4 || !path.includes("X-Goog-Date=0")) return paced;
    refused += 1;
    if (refused === 2) several.resolve();
    return status(403);
  };
  const { origin, open, readAll, meter } = await runOrigin({ body, etag }, withTwo(script));
  let fetched = 0;
  const refreshUrl = async () => {
    fetched += 1;
    // As long as the vendor's answer may take: by then the others have been refused, too, and know it.
    await Promise.race([several.promise, setTimeout(1_000)]);
    await setTimeout(50);
    return `${origin.url}/o%2F1/output.wav?X-Goog-Date=1`;
  };
  expect((await readAll(await open({ refreshUrl }))).equals(body)).toBe(true);
  expect(refused).toBeGreaterThan(1);
  expect([fetched, meter.counts.refreshes]).toEqual([1, 1]);
});

test.each<[string, Behaviour]>([
  ["412", preconditionFailed],
  ["the whole (200)", ignoringRange],
  ["another tag", changedTo({ etag: '"v2"' })],
  ["another range", contentRange(`bytes 1-${partBytes}/${body.length}`)],
  ["another total", changedTotal(body.length + 1)],
  ["a length that does not fit its range", { headers: { "content-length": "1000" } }],
])("one that is answered with %s ends the copy, which starts over", async (_name, behaviour) => {
  const { origin, open, readAll } = await runOrigin({ body, etag }, withTwo(except(3, behaviour)));
  const pieces: Buffer[] = [];
  expect(await faultOf(readAll(await open(), {}, pieces))).toMatchObject({
    name: "CopyInterrupted",
    message: expect.stringContaining("it starts over"),
  });
  const passed = Buffer.concat(pieces);
  expect(passed.equals(body.subarray(0, passed.length))).toBe(true);
  await expect.poll(() => origin.openConnections).toBeLessThanOrEqual(1);
});
