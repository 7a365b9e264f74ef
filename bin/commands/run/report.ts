import type { WatchedDelivery } from "../../../lib/local/delivery-watch.ts";
import { reportDelivery } from "../../../lib/local/terminal/delivery-report.ts";
import { startProgressBars } from "../../../lib/local/terminal/progress-bars.ts";
import { reportEnd, reportEvent, styleFor } from "../../../lib/local/terminal/transfer-report.ts";
import type { ExecutionDescription } from "../../../lib/local/workflows/execution.ts";
import type { WorkflowEvent } from "../../../lib/local/workflows/workflow-event.ts";
import type { Receiver } from "./receiver.ts";
import type { RunOptions } from "./run-options.ts";

/** What a person reads of a run, as it goes: on stderr with `--json`, else on stdout. */
export interface Report extends Disposable {
  /** A line as it is. */
  readonly write: (line: string) => void;
  /** An event of the transfer. */
  readonly event: (event: WorkflowEvent) => void;
  /** How the transfer ended; with `--json` its output goes to stdout. */
  readonly end: (transfer: ExecutionDescription) => void;
  /** How far its deliveries came. */
  readonly deliveries: (deliveries: readonly WatchedDelivery[], receiver: Receiver) => void;
}

/** Opens the report. Disposing it leaves the terminal as it was found. */
export function openReport({ json, store }: Pick<RunOptions, "json" | "store">): Report {
  const stream = json ? process.stderr : process.stdout;
  const style = styleFor(stream);
  const bars = startProgressBars(stream);
  let startedAt: number | undefined;
  return {
    write: (line) => bars.write(line),
    event: (event) => {
      startedAt ??= event.timestamp;
      const line = reportEvent(event, startedAt, style);
      if (line !== undefined) bars.write(line);
    },
    end: (transfer) => {
      bars.write(reportEnd(transfer, store, style));
      if (json && transfer.output !== undefined) process.stdout.write(`${transfer.output}\n`);
    },
    deliveries: (deliveries, receiver) => {
      for (const watched of deliveries) {
        bars.write(`  ${reportDelivery(watched, receiver.hasVerified(watched.delivery.messageId), style)}`);
      }
    },
    [Symbol.dispose]: () => bars.close(),
  };
}
