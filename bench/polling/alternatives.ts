/** What one would use otherwise. */
import { beginWatch, chargeStates, pollSeconds, type Watch, type Watcher, watchInLaps } from "./watch.ts";

/** A loop of the same three states with a wait that does not change. */
export function watchAtFixed(seconds: number): Watcher {
  return (project) => watchInLaps(project, () => seconds, chargeStates);
}

/** The vendor's advice: 3 s, half as much again each time, up to 30 s (guides of 2026-08-22). */
export const watchByVendorAdvice: Watcher = (project) =>
  watchInLaps(project, (_, polls) => Math.min(3 * 1.5 ** (polls - 1), 30), chargeStates);

/**
 * `waitForCondition` of Lambda durable functions with its default strategy: 5 s × 1.5 up to 300 s, full jitter, rounded, at
 * least 1 s, 60 attempts (aws/aws-durable-execution-sdk-js, utils/wait-strategy/wait-strategy-config.ts). Each attempt is a
 * call of the function and one operation (Lambda Developer Guide, "Retries for Lambda durable functions").
 */
export const watchDurably: Watcher = (project, random) =>
  watchInLaps(
    project,
    (_, polls) => {
      if (polls >= 60) return null;
      return Math.max(1, Math.round(random() * Math.min(5 * 1.5 ** (polls - 1), 300)));
    },
    (watch) => {
      watch.operations += 1;
    },
  );

/** Seconds that a function may run (Lambda quotas), and after which a failed asynchronous call is repeated, at most twice. */
const longestCall = 900;
const repeatsAfter = [60, 120];

/**
 * The SDK's `check_result` in a function that waits: a poll, 0.5 s, and so on, billed throughout. After 15 min Lambda ends it;
 * called asynchronously it is repeated twice, after one minute and after two (Lambda Developer Guide, "How Lambda handles
 * errors and retries with asynchronous invocation"). What is not complete then is lost.
 */
export const watchInsideFunction: Watcher = (project) => {
  const watch = beginWatch();
  let start = project.transferStart;
  for (const pause of [...repeatsAfter, Number.POSITIVE_INFINITY]) {
    watch.calls += 1;
    if (pollUntil(watch, project.end, start)) return watch;
    start += longestCall + pause;
  }
  return watch;
};

/** One call, from its start; says whether it saw the end. */
function pollUntil(watch: Watch, end: number, start: number): boolean {
  for (let time = start + pollSeconds; time < start + longestCall; time += 0.5 + pollSeconds) {
    watch.polls.push(time);
    if (time < end) continue;
    watch.billedSeconds += time - start;
    watch.detected = time;
    return true;
  }
  watch.billedSeconds += longestCall;
  return false;
}
