import { onTestFinished, vi } from "vitest";

/** Milliseconds from one look of a reader at its speed to the next (functions/adapters/source-reader.ts). */
const samplePeriod = 250;

/**
 * Lets readers look at their speed every few milliseconds instead of four times a second, until the test is over. Only what is
 * to happen again and again (`setInterval`) is hurried; time itself and time-outs are as ever.
 * @returns lets them look no more: how many connections they have stays as it is
 */
export function hurrySampling(milliseconds = 15): () => void {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  let next: NodeJS.Timeout;
  const hurry = () => {
    vi.advanceTimersByTime(samplePeriod);
    next = setTimeout(hurry, milliseconds);
  };
  next = setTimeout(hurry, milliseconds);
  onTestFinished(() => {
    clearTimeout(next);
    vi.useRealTimers();
  });
  return () => clearTimeout(next);
}
