/**
 * The copying function in a process of its own, as Lambda has it: one call. What it is called with comes over the channel
 * to its parent, and so does what comes of it. Started by function-process.ts.
 */
import { subscribe } from "node:diagnostics_channel";
import { type CopyProgress, copyProgressChannel } from "../../functions/adapters/copy-meter.ts";
import { createDownloadOutputs } from "../../functions/download-outputs.ts";
import type { CallOfProcess, SaidByProcess } from "./function-process.ts";

const say = (said: SaidByProcess) => void process.send?.(said);

/** Most bytes outside of JavaScript's heap at once, and those of buffers among them. */
const peak = { external: 0, arrayBuffers: 0, heapUsed: 0 };

function lookAtMemory(): void {
  const now = process.memoryUsage();
  for (const name of ["external", "arrayBuffers", "heapUsed"] as const) peak[name] = Math.max(peak[name], now[name]);
}

async function answer({ environment, state, milliseconds, skippedMilliseconds }: CallOfProcess): Promise<void> {
  // Everything here lives later, the age of uploads above all.
  const realNow = Date.now;
  Date.now = () => realNow() + skippedMilliseconds;
  const ends = Date.now() + milliseconds;
  const keep = (line: object) => say({ line });
  const host = { now: Date.now, random: Math.random, sink: { info: keep, warn: keep } };
  subscribe(copyProgressChannel.name, (message) => {
    const { key, bytes } = message as CopyProgress;
    say({ key, bytes });
    lookAtMemory();
  });
  const copy = createDownloadOutputs(environment, host);
  try {
    const after = await copy(state, { getRemainingTimeInMillis: () => ends - Date.now() });
    say({ after, peak });
  } catch (error) {
    const { name, message } = error as Error;
    say({ error: { name, message } });
  }
}

process.once("message", (call: CallOfProcess) => void answer(call).finally(() => process.disconnect()));
