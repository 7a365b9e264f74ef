import { MultiBar, Presets, type SingleBar } from "cli-progress";
import { type CopyProgress, copyProgressChannel } from "../../../functions/adapters/copy-meter.ts";
import { describeComplete, describePace, describePart, indent, nameOf, secondsOf, sizeOf } from "./progress-text.ts";

/** Progress on a terminal. */
export interface ProgressBars {
  /** Writes a line below all that was shown. */
  write(line: string): void;
  /** Stops listening, and leaves the terminal as it was found. */
  close(): void;
}

/**
 * Follows the outputs that are copied in this process. Each is a line when it is complete, or when it is left in part; on a
 * terminal it has a bar below those lines meanwhile, if it takes long enough for one.
 */
export function startProgressBars(stream: NodeJS.WriteStream): ProgressBars {
  const bars = createBars(stream);
  const underway = new Map<string, CopyProgress>();
  const complete = new Set<string>();

  const show = (message: unknown) => {
    const progress = message as CopyProgress;
    const { key, bytes, total } = progress;
    if (bytes < total) {
      // Perhaps once more: a copy that failed late begins again.
      complete.delete(key);
      underway.set(key, progress);
      bars.draw(progress);
    } else if (!complete.has(key)) {
      complete.add(key);
      underway.delete(key);
      bars.replace(key, describeComplete(progress));
    }
  };
  const end = () => {
    for (const progress of underway.values()) bars.replace(progress.key, describePart(progress));
    underway.clear();
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

/** Seconds after which an output gets a bar: those that are there sooner would only flicker. */
const shortestShown = 0.5;

/** Characters: with a name like `0-output.wav`, sizes and a speed it fits into a line of 80. */
const barSize = 20;

/** Bars of outputs, by object key. */
interface Bars {
  /** Brings an output's bar up to date, if it has or deserves one. */
  draw(progress: CopyProgress): void;
  /** Puts a line above the bars, in place of this output's. */
  replace(key: string, line: string): void;
}

function createBars(stream: NodeJS.WriteStream): Bars {
  const bars = new Map<string, SingleBar>();
  let group: MultiBar | undefined;
  const barFor = (progress: CopyProgress): SingleBar | undefined => {
    const standing = bars.get(progress.key);
    if (standing || !stream.isTTY || !(secondsOf(progress) >= shortestShown)) return standing;
    group ??= createGroup(stream);
    const created = group.create(progress.total, 0, { name: "", size: "", pace: "" });
    bars.set(progress.key, created);
    return created;
  };
  return {
    draw(progress) {
      const bar = barFor(progress);
      if (!bar) return;
      const widest = Math.max(...[...bars.keys()].map((key) => nameOf(key).length));
      const name = nameOf(progress.key).padEnd(widest);
      bar.setTotal(progress.total);
      bar.update(progress.bytes, { name, size: sizeOf(progress), pace: describePace(progress) });
    },
    replace(key, line) {
      if (!group) {
        stream.write(`${line}\n`);
        return;
      }
      group.log(`${line}\n`);
      const bar = bars.get(key);
      if (!bar) return;
      bars.delete(key);
      // This writes the line, too.
      group.remove(bar);
      if (bars.size > 0) return;
      group.stop();
      group = undefined;
    },
  };
}

function createGroup(stream: NodeJS.WriteStream): MultiBar {
  return new MultiBar(
    {
      format: `${indent}{name}  {bar}  {size}  {pace}`,
      barsize: barSize,
      stream,
      hideCursor: true,
      clearOnComplete: true,
      // Bars move up when one above them goes: what stood in their new place must not stay.
      forceRedraw: true,
    },
    Presets.shades_classic,
  );
}
