import { expect, test } from "vitest";
import { cursorKey, formatCursor, readCursorKey } from "../../../functions/domain/cleanup-cursor.ts";
import { hour, now } from "./cleanup-fixture.ts";

test("a cursor has its position in its key, counted down", () => {
  expect(now).toBe(1_795_383_600_000);
  expect(cursorKey(now)).toBe("_cleanup/cursors/98204616399999");
  expect(readCursorKey("_cleanup/cursors/98204616399999")).toBe(now);
  expect(cursorKey(now + 1) < cursorKey(now)).toBe(true);
});

test.each([
  "",
  "_cleanup/cursors/",
  "_cleanup/cursors/9820461640000",
  "_cleanup/cursors/982046163999990",
  "_cleanup/cursors/9820461640000x",
  "_cleanup/cursors/a/98204616399999",
  "98204616399999",
])("%j is no cursor", (key) => {
  expect(readCursorKey(key)).toBeUndefined();
});

test("its body tells people the same", () => {
  expect(JSON.parse(formatCursor(now, now + hour))).toEqual({
    schemaVersion: 1,
    handledBefore: "2026-11-22T21:40:00.000Z",
    writtenAt: "2026-11-22T22:40:00.000Z",
  });
});
