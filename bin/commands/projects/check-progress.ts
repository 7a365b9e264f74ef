import type { ProjectUpdate } from "../../../lib/client/results.ts";
import { formatClock } from "../../../lib/local/terminal/format.ts";
import { startProgressBars } from "../../../lib/local/terminal/progress-bars.ts";
import { indent } from "../../../lib/local/terminal/progress-text.ts";
import { styleFor } from "../../../lib/local/terminal/transfer-report.ts";

/** What a person sees of a check while it goes on. Disposing it leaves the terminal as it was found. */
export interface CheckProgress extends Disposable {
  /** Shows an update. */
  readonly show: (update: ProjectUpdate) => void;
  /** Shows nothing any more, and leaves the terminal as it was found. */
  readonly close: () => void;
}

/**
 * Progress on stderr, if that is a terminal: a line for each status, below it when the next poll is, and a bar for each
 * output that is being copied.
 * @param isWanted false shows nothing at all
 */
export function openCheckProgress(isWanted: boolean, stream = process.stderr): CheckProgress {
  if (!isWanted || !stream.isTTY) return silent;
  const style = styleFor(stream);
  const startedAt = performance.now();
  const bars = startProgressBars(stream);
  const line = passingLine(stream);
  let last: string | undefined;
  let isOpen = true;
  const close = () => {
    line.clear();
    bars.close();
    isOpen = false;
  };
  return {
    show({ status, verdict, polls, waitSeconds, progress }) {
      // The bars hear of the copy themselves.
      if (!isOpen || progress) return;
      line.clear();
      const seen = status ?? (verdict === "pending" ? "not reached" : verdict);
      if (seen !== last) bars.write(`${style("dim", formatClock(performance.now() - startedAt))}  ${seen}`);
      last = seen;
      if (waitSeconds !== undefined) line.write(`${indent}poll ${polls}, next in ${waitSeconds} s`);
    },
    close,
    [Symbol.dispose]: close,
  };
}

const silent: CheckProgress = { show: () => undefined, close: () => undefined, [Symbol.dispose]: () => undefined };

/** A line that the next one takes the place of. */
function passingLine(stream: NodeJS.WriteStream) {
  let isWritten = false;
  return {
    write(text: string) {
      // A line that wraps would leave its beginning behind.
      stream.write(text.slice(0, stream.columns - 1));
      isWritten = true;
    },
    clear() {
      if (!isWritten) return;
      stream.cursorTo(0);
      stream.clearLine(0);
      isWritten = false;
    },
  };
}
