/** What holds of all markers and cursors; single cases are in marker.test.ts. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { cursorKey, readCursorKey } from "../../../functions/domain/cleanup-cursor.ts";
import { firstKeyDue, formatMarker, parseMarker } from "../../../functions/domain/marker.ts";
import { markers, moments } from "./cleanup-fixture.ts";

/** As S3 orders keys: by their bytes. */
const order = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

test("a marker is read as it was written", () => {
  fc.assert(
    fc.property(markers, (marker) => {
      expect(parseMarker(formatMarker(marker))).toEqual(marker);
    }),
  );
});

test("keys are in the order in which markers are due", () => {
  fc.assert(
    fc.property(markers, markers, (one, other) => {
      const [first, second] = [formatMarker(one).key, formatMarker(other).key];
      if (one.due !== other.due) expect(Math.sign(order(first, second))).toBe(Math.sign(one.due - other.due));
    }),
  );
});

test("a list from a moment on has the markers that are due then or later, and no others", () => {
  const near = fc.tuple(markers, fc.integer({ min: -2, max: 2 }));
  fc.assert(
    fc.property(
      fc.oneof(
        near.map(([marker, by]) => ({ marker, at: Math.max(0, marker.due + by) })),
        fc.record({ marker: markers, at: moments }),
      ),
      ({ marker, at }) => {
        expect(order(formatMarker(marker).key, firstKeyDue(at)) > 0).toBe(marker.due >= at);
      },
    ),
  );
});

test("of cursors the furthest comes first, and each is read as it was written", () => {
  fc.assert(
    fc.property(moments, moments, (one, other) => {
      expect(readCursorKey(cursorKey(one))).toBe(one);
      expect(Math.sign(order(cursorKey(one), cursorKey(other)))).toBe(Math.sign(other - one));
    }),
  );
});
