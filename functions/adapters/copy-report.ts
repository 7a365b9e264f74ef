import type { CopyCounts, CopyMeter } from "./copy-meter.ts";
import type { Log } from "./log.ts";

/** Milliseconds from one line to the next. */
const period = 30_000;

/** Lines about a copy as it goes. */
export interface CopyReport {
  /** Writes the last line, if anything was counted since the one before. */
  end(): void;
}

/**
 * Logs what a run of the copy did, every half a minute and at its end. Each line counts from the line before on, so that
 * CloudWatch's metrics, which are made of these lines, add up. A copy to which nothing happens for half a minute has a line
 * of zeros: that it stands still is to be seen, too.
 * @param id the project's id
 * @param now milliseconds since the epoch
 */
export function startCopyReport(id: string, { counts }: CopyMeter, log: Log, now: () => number): CopyReport {
  let before: CopyCounts = { ...counts };
  let at = now();
  const write = () => {
    // A clock may be set back, and a short run ends within its millisecond: a speed needs some time all the same.
    const seconds = Math.max(1, now() - at) / 1_000;
    const { bytes, ...others } = difference(counts, before);
    log.info("copying", { id, bytes, seconds, bytesPerSecond: Math.round(bytes / seconds), ...others });
    before = { ...counts };
    at = now();
  };
  const timer = setInterval(write, period);
  return {
    end() {
      clearInterval(timer);
      if (Object.values(difference(counts, before)).some((count) => count > 0)) write();
    },
  };
}

function difference(now: CopyCounts, before: CopyCounts): CopyCounts {
  return {
    bytes: now.bytes - before.bytes,
    retries: now.retries - before.retries,
    resumes: now.resumes - before.resumes,
    refreshes: now.refreshes - before.refreshes,
  };
}
