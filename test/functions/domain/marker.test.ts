import { describe, expect, test } from "vitest";
import {
  firstKeyDue,
  formatMarker,
  largestMarkerBytes,
  parseMarker,
  readMarkerKey,
} from "../../../functions/domain/marker.ts";
import { aMarker, now } from "./cleanup-fixture.ts";

const key = "_cleanup/due/20261122T214000000Z-deletion-cm1-0123456789ab00000000.json";

const body = {
  schemaVersion: 1,
  kind: "deletion",
  input: { id: "cm1", deleteAfterDownload: true },
  since: "2026-11-22T19:40:00.000Z",
  attempt: 0,
};

describe("a marker", () => {
  test("has its due date, kind, project and chain in its key, and the rest in its body", () => {
    const object = formatMarker(aMarker());
    expect(object.key).toBe(key);
    expect(JSON.parse(object.body)).toEqual(body);
    expect(parseMarker(object)).toEqual(aMarker());
  });

  test("keeps an input as it was given", () => {
    const input = { id: "cm1", notify: ["https://example.com/a"], metadata: { order: [7] }, deadlineSeconds: 9 };
    expect(parseMarker(formatMarker(aMarker({ input })))?.input).toEqual(input);
  });

  test("fits what is read, also with the largest input there is", () => {
    const input = {
      id: "a".repeat(64),
      downloadDirectory: "d".repeat(512),
      notify: Array.from({ length: 10 }, () => `https://example.com/${"n".repeat(1_004)}`),
      // Each quote is two bytes as JSON, and four where a person would write it into JSON again: here it is an object.
      metadata: { text: '"'.repeat(2_042) },
    };
    const object = formatMarker(aMarker({ id: input.id, input }));
    expect(parseMarker(object)?.input).toEqual(input);
    expect(Buffer.byteLength(object.body) * 4).toBeLessThanOrEqual(largestMarkerBytes + 4_096);
    expect(Buffer.byteLength(object.key)).toBeLessThanOrEqual(134);
  });
});

describe("a key", () => {
  test.each([
    "",
    "_cleanup/due/",
    "audio-projects/cm1/manifest.json",
    `x${key}`,
    `${key}x`,
    key.replace("_cleanup/due/", "_cleanup/due/a/"),
    key.replace("deletion", "notification"),
    key.replace("cm1", ""),
    key.replace("cm1", "c.m"),
    key.replace("cm1", "c".repeat(65)),
    key.replace("0123456789ab00000000", "0123456789abcdef"),
    key.replace("20261122", "20261322"),
    key.replace("20261122", "20260231"),
    key.replace("T21", "T25"),
    key.replace("000Z", "Z"),
  ])("is not %j", (text) => {
    expect(readMarkerKey(text)).toBeUndefined();
    expect(parseMarker({ key: text, body: JSON.stringify(body) })).toBeUndefined();
  });

  test("lies behind all that are due before, and not before what is due then", () => {
    expect(firstKeyDue(now) < key).toBe(true);
    expect(firstKeyDue(now + 1) > key).toBe(true);
  });

  test("may hold an id with dashes", () => {
    const id = "deletion-0123456789ab00000000";
    expect(readMarkerKey(formatMarker(aMarker({ id })).key)).toMatchObject({ id, kind: "deletion" });
  });
});

describe("a body that cannot be used is no marker:", () => {
  test.each<[string, object]>([
    ["of a version to come", { schemaVersion: 2 }],
    ["of another kind than its key", { kind: "recheck" }],
    ["of an unknown kind", { kind: "other" }],
    ["without an input", { input: undefined }],
    ["with an input that is none", { input: "cm1" }],
    ["with another project than its key", { input: { id: "cm2" } }],
    ["with an input that is refused", { input: { id: "cm1", deadlineSeconds: 0 } }],
    ["with an input of fields to come", { input: { id: "cm1", later: true } }],
    ["with an input below the markers", { input: { id: "cm1", downloadDirectory: "_cleanup/due" } }],
    ["without a date", { since: undefined }],
    ["with a date that is none", { since: "yesterday" }],
    ["with a date before all projects", { since: "1969-12-31T23:59:59.000Z" }],
    ["with an attempt that is none", { attempt: "1" }],
    ["with an attempt below 0", { attempt: -1 }],
    ["with half an attempt", { attempt: 0.5 }],
    ["with an attempt above all", { attempt: 100_000 }],
  ])("%s", (_, over) => {
    expect(parseMarker({ key, body: JSON.stringify({ ...body, ...over }) })).toBeUndefined();
  });

  test.each(["", "no JSON", "null", "[]", "7", JSON.stringify(body).slice(0, 40)])("%j", (text) => {
    expect(parseMarker({ key, body: text })).toBeUndefined();
  });
});
