import { type CopyProgress, copyProgressChannel } from "../../functions/adapters/copy-meter.ts";
import type { CopyUpdate } from "./results.ts";

/** Milliseconds between two updates of one output: ten a second are as many as a person sees. */
const shortestPause = 100;

/**
 * Follows the copy of a project's outputs.
 * @param directory what their keys begin with: one process may copy a project to several places at once
 * @param onUpdate hears of each output at most ten times a second, and once more when it has all its bytes
 * @returns ends it
 */
export function followCopy(
  id: string,
  directory: string,
  onUpdate: (update: CopyUpdate) => void,
): { [Symbol.dispose](): void } {
  const last = new Map<string, number>();
  const hear = (message: unknown) => {
    const { id: of, key, bytes, total, bytesPerSecond } = message as CopyProgress;
    if (of !== id || !key.startsWith(`${directory}/`)) return;
    const at = performance.now();
    if (bytes < total && at - (last.get(key) ?? Number.NEGATIVE_INFINITY) < shortestPause) return;
    last.set(key, at);
    onUpdate({ key, bytes, total, bytesPerSecond });
  };
  copyProgressChannel.subscribe(hear);
  return { [Symbol.dispose]: () => void copyProgressChannel.unsubscribe(hear) };
}
