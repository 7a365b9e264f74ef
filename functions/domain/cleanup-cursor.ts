import { cleanupDirectory } from "./input.ts";

/** What the keys of all cursors begin with. The furthest position sorts first. */
export const cursorPrefix = `${cleanupDirectory}/cursors/`;

/** Keys count down from here, in milliseconds since the epoch: the year 5138, the last moment of fourteen digits. */
const horizon = 10 ** 14 - 1;

const digits = 14;

/**
 * Key of the cursor that says: all markers due before this moment are handled. A cursor is written once and never changed,
 * so that one that lags behind cannot take the place of one that is further.
 * @param position milliseconds since the epoch
 */
export function cursorKey(position: number): string {
  return `${cursorPrefix}${String(horizon - position).padStart(digits, "0")}`;
}

/** The position of a cursor, milliseconds since the epoch; undefined when the key is none. */
export function readCursorKey(key: string): number | undefined {
  const text = key.startsWith(cursorPrefix) ? key.slice(cursorPrefix.length) : "";
  return /^\d{14}$/.test(text) ? horizon - Number(text) : undefined;
}

/** A cursor's body, JSON: nobody reads it but people. */
export function formatCursor(position: number, now: number): string {
  const facts = { handledBefore: new Date(position).toISOString(), writtenAt: new Date(now).toISOString() };
  return `${JSON.stringify({ schemaVersion: 1, ...facts }, null, 2)}\n`;
}
