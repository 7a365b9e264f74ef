import { basename } from "node:path";
import { MultiBar, Presets, type SingleBar } from "cli-progress";
import { type CopyProgress, copyProgressChannel } from "../../../functions/adapters/copy-progress.ts";
import { formatBytes } from "./format.ts";

/** Progress on a terminal. */
export interface ProgressBars {
  /** Writes a line above the bars. */
  write(line: string): void;
  /** Stops listening and leaves the bars as they are. */
  close(): void;
}

/**
 * One bar for each output that is being copied in this process. On anything but a terminal there are no bars: a line is
 * written when an output is complete.
 */
export function startProgressBars(stream: NodeJS.WriteStream): ProgressBars {
  const bars = new Map<string, SingleBar>();
  let group: MultiBar | undefined;

  const show = (message: unknown) => {
    const { key, bytes, total } = message as CopyProgress;
    const size = `${formatBytes(bytes)} of ${formatBytes(total)}`;
    if (!stream.isTTY) {
      if (bytes === total) stream.write(`           ${basename(key)}  ${formatBytes(total)}\n`);
      return;
    }
    group ??= new MultiBar(
      { format: "           {name}  {bar} {percentage} %  {size}", stream, hideCursor: true },
      Presets.shades_classic,
    );
    const bar = bars.get(key) ?? group.create(total, 0);
    bars.set(key, bar);
    bar.update(bytes, { name: basename(key), size });
  };
  const end = () => {
    group?.stop();
    group = undefined;
    bars.clear();
  };

  copyProgressChannel.subscribe(show);
  return {
    write(line) {
      end();
      stream.write(`${line}\n`);
    },
    close() {
      copyProgressChannel.unsubscribe(show);
      end();
    },
  };
}
