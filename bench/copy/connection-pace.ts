import type { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** What one connection to the throttled origin gets, in MiB/s. */
export const connectionMiBs = 25;

/** Bytes written at once to a throttled connection: 64 KiB every 2.5 ms. */
export const pacedPiece = 65_536;

const bytesPerMillisecond = (connectionMiBs * 1_024 ** 2) / 1_000;

/** Milliseconds that may be caught up on, for timers that fire late. What a slow reader did not take is not given later. */
const mostArrears = 10;

/** When each connection may be written to next, by performance.now. A connection that is kept keeps its pace, too. */
const due = new WeakMap<Socket, number>();

/** Waits until so many bytes more may be written to the connection. */
export async function pace(socket: Socket, bytes: number): Promise<void> {
  const now = performance.now();
  const at = Math.max(due.get(socket) ?? now, now - mostArrears);
  due.set(socket, at + bytes / bytesPerMillisecond);
  // A timer of Node is never shorter than 1 ms.
  if (at - now >= 1) await wait(at - now);
}
