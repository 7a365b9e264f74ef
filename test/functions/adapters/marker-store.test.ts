import { describe, expect, onTestFinished, test } from "vitest";
import { createMarkerStore, type ListedMarker } from "../../../functions/adapters/marker-store.ts";
import { createS3Client } from "../../../functions/adapters/s3-client.ts";
import { cursorKey } from "../../../functions/domain/cleanup-cursor.ts";
import { formatMarker, largestMarkerBytes, type Marker } from "../../../functions/domain/marker.ts";
import { BUCKET } from "../../lib/local/object-store/store-fixture.ts";
import { startCrowdedStore } from "../../support/crowded-store.ts";
import { rejectionOf } from "../../support/everything-in.ts";
import { aMarker, hour, now } from "../domain/cleanup-fixture.ts";
import { localEnvironment } from "./running-aws-json.ts";
import { type FaultOf, refusal, runOutputStore } from "./running-output-store.ts";

/** A marker store on the local S3. */
async function run(faultOf?: FaultOf, bucket = BUCKET) {
  const running = await runOutputStore(faultOf);
  const markers = createMarkerStore(running.target.client, bucket);
  /** Keys of all that is due, page by page. */
  const due = async (from: number | undefined, until: number) => {
    const pages: string[][] = [];
    for await (const page of markers.due(from, until)) pages.push(page.markers.map(({ key }) => key));
    return pages;
  };
  return { ...running, markers, due };
}

const keyOf = (marker: Marker) => formatMarker(marker).key;
const dueAt = (due: number, over: Partial<Marker> = {}) => aMarker({ due, ...over });
const listed = (marker: Marker, bytes = 1): ListedMarker => ({ key: keyOf(marker), bytes });

describe("a marker", () => {
  test("is written as JSON, where nothing stands", async () => {
    const { markers, bytesOnDisk, outputs } = await run();
    await markers.write(aMarker());
    expect((await bytesOnDisk(keyOf(aMarker())))?.toString()).toBe(formatMarker(aMarker()).body);
    expect(await outputs.head(keyOf(aMarker()))).toMatchObject({
      contentType: "application/json",
      crc32: expect.any(String),
    });
  });

  test("that stands already is left as it is", async () => {
    const { markers, calls } = await run();
    await markers.write(aMarker());
    await markers.write(aMarker({ attempt: 5 }));
    expect(JSON.parse((await markers.read(listed(aMarker()))) ?? "")).toMatchObject({ attempt: 0 });
    // No HEAD, no GET before: the role that writes markers may do nothing else.
    expect(calls).toEqual(["PutObject", "PutObject", "GetObject"]);
  });

  test("whose answer is lost stands all the same", async () => {
    const { markers } = await run((call, nth) => (call === "PutObject" && nth === 1 ? "answer-lost" : undefined));
    await markers.write(aMarker());
    expect(await markers.read(listed(aMarker()))).toBe(formatMarker(aMarker()).body);
  });

  test("that another writer is writing is written once more, for the other may yet fail", async () => {
    const conflict = refusal("ConditionalRequestConflict", 409);
    const { markers, bytesOnDisk } = await run((call, nth) => (call === "PutObject" && nth < 3 ? conflict : undefined));
    await markers.write(aMarker());
    expect(await bytesOnDisk(keyOf(aMarker()))).toBeDefined();
  });

  test.each<[string, number, string, number]>([
    ["AccessDenied", 403, "TransferFailed", 1],
    ["NoSuchBucket", 404, "TransferFailed", 1],
    ["ConditionalRequestConflict", 409, "StoreUnavailable", 3],
    ["InternalError", 500, "StoreUnavailable", 5],
  ])("that S3 answers with %s is not written, and says so", async (code, status, name, puts) => {
    const { markers, calls } = await run((call) => (call === "PutObject" ? refusal(code, status) : undefined));
    expect(await rejectionOf(markers.write(aMarker()))).toMatchObject({
      name,
      message: expect.stringContaining(`PUT of s3://${BUCKET}/${keyOf(aMarker())}: ${code}`),
    });
    expect(calls).toEqual(Array(puts).fill("PutObject"));
  });

  test("whose time is up is interrupted", async () => {
    const { markers } = await run(() => "stall");
    const work = markers.write(aMarker(), AbortSignal.timeout(20));
    expect(await rejectionOf(work)).toMatchObject({ name: "CopyInterrupted" });
  });
});

describe("what is due", () => {
  const moments = [now - 2 * hour, now - hour, now - 1, now, now + 1, now + hour];

  test("begins where the cursor says and ends before now, in order", async () => {
    const { markers, due } = await run();
    for (const moment of moments.toReversed()) await markers.write(dueAt(moment));
    const keys = moments.map((moment) => keyOf(dueAt(moment)));
    expect(await due(undefined, now)).toEqual([keys.slice(0, 3)]);
    expect(await due(now - hour, now)).toEqual([keys.slice(1, 3)]);
    expect(await due(now - hour + 1, now)).toEqual([keys.slice(2, 3)]);
    expect(await due(now, now)).toEqual([[]]);
  });

  test("is nothing among other objects, cursors above all", async () => {
    const { markers, due, putBefore } = await run();
    await markers.writeCursor(now - hour, now);
    await putBefore("{}", "_cleanup/notes.txt");
    await putBefore("{}", "audio-projects/cm1/manifest.json");
    expect(await due(undefined, now)).toEqual([[]]);
  });

  test("is listed in pages, and only as long as it is due", async () => {
    const at = (second: number) => dueAt(now - hour + second * 1_000);
    const crowd = Array.from({ length: 1_003 }, (_, second) => formatMarker(at(second))).map(({ key, body }) => {
      return { key, body: () => body };
    });
    let lists = 0;
    const onRequest = () => {
      lists += 1;
      return undefined;
    };
    await using store = await startCrowdedStore({ bucket: BUCKET, crowd, onRequest });
    const client = createS3Client({ ...localEnvironment, AWS_ENDPOINT_URL_S3: store.url });
    onTestFinished(() => client.destroy());
    const pagesUntil = async (until: number) => {
      const pages: [length: number, more: boolean][] = [];
      for await (const page of createMarkerStore(client, BUCKET).due(undefined, until)) {
        pages.push([page.markers.length, page.more]);
      }
      return pages;
    };
    expect([await pagesUntil(now), lists]).toEqual([
      [
        [1_000, true],
        [3, false],
      ],
      2,
    ]);
    // The first page has one that is not due: there is no second.
    expect([await pagesUntil(at(999).due), lists]).toEqual([[[999, false]], 3]);
    // A page of which all are due may be the last one.
    expect((await pagesUntil(at(1_000).due)).map(([length]) => length)).toEqual([1_000, 0]);
  });

  test.each<[string, number, string]>([
    ["AccessDenied", 403, "TransferFailed"],
    ["InternalError", 500, "StoreUnavailable"],
  ])("that cannot be listed (%s) is a fault, and so is the cursor", async (code, status, name) => {
    const { markers, due } = await run((call) => (call === "List" ? refusal(code, status) : undefined));
    expect(await rejectionOf(due(undefined, now))).toMatchObject({
      name,
      message: expect.stringContaining("_cleanup/due/"),
    });
    expect(await rejectionOf(markers.readCursor(now))).toMatchObject({ name });
  });
});

describe("the text of a marker", () => {
  test("is undefined when it was archived, and a fault when it may not be read: that may be so of all", async () => {
    const answering = (code: string) => run((call) => (call === "GetObject" ? refusal(code, 403) : undefined));
    const archived = await answering("InvalidObjectState");
    expect(await archived.markers.read(listed(aMarker()))).toBeUndefined();
    const denied = await answering("AccessDenied");
    expect(await rejectionOf(denied.markers.read(listed(aMarker())))).toMatchObject({ name: "TransferFailed" });
  });

  test("is undefined when it is gone, or larger than any can be", async () => {
    const { markers, calls } = await run();
    expect(await markers.read(listed(aMarker()))).toBeUndefined();
    await markers.write(aMarker());
    expect(await markers.read(listed(aMarker(), largestMarkerBytes))).toBeDefined();
    calls.length = 0;
    expect(await markers.read(listed(aMarker(), largestMarkerBytes + 1))).toBeUndefined();
    expect(calls).toEqual([]);
  });

  test.each<[string, number, string]>([
    ["AccessDenied", 403, "TransferFailed"],
    ["NoSuchBucket", 404, "TransferFailed"],
    ["InternalError", 500, "StoreUnavailable"],
  ])("that S3 answers with %s is a fault", async (code, status, name) => {
    const { markers } = await run((call) => (call === "GetObject" ? refusal(code, status) : undefined));
    await markers.write(aMarker());
    expect(await rejectionOf(markers.read(listed(aMarker())))).toMatchObject({ name });
  });
});

describe("the cursor", () => {
  test("is undefined before the first", async () => {
    const { markers } = await run();
    expect(await markers.readCursor(now)).toBeUndefined();
  });

  test("is the furthest, by one request, in whatever order they came", async () => {
    const { markers, calls } = await run();
    for (const position of [now - hour, now - 1, now - 2 * hour, now - 1]) await markers.writeCursor(position, now);
    calls.length = 0;
    expect(await markers.readCursor(now)).toBe(now - 1);
    expect(calls).toEqual(["List"]);
  });

  test("is none of a time to come, which only a wrong clock can write", async () => {
    const { markers } = await run();
    for (const position of [now - hour, now, now + 1, now + 400 * hour]) await markers.writeCursor(position, now);
    expect(await markers.readCursor(now)).toBe(now);
  });

  test("is no other object there", async () => {
    const { markers, putBefore } = await run();
    await markers.writeCursor(now, now);
    await putBefore("{}", "_cleanup/cursors/1-read-me");
    expect(await markers.readCursor(now)).toBe(now);
  });

  test("tells people when it was written", async () => {
    const { markers, bytesOnDisk } = await run();
    await markers.writeCursor(now - hour, now);
    expect(JSON.parse((await bytesOnDisk(cursorKey(now - hour)))?.toString() ?? "")).toMatchObject({
      writtenAt: new Date(now).toISOString(),
    });
  });
});
