import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type CopyProgress, copyProgressChannel } from "../../../../functions/adapters/copy-meter.ts";
import { type ProgressBars, startProgressBars } from "../../../../lib/local/terminal/progress-bars.ts";
import { Screen } from "../../../support/screen.ts";

let bars: ProgressBars;
let screen: Screen;

beforeEach(() => {
  vi.useFakeTimers();
  screen = new Screen();
  bars = startProgressBars(screen.stream);
});
afterEach(() => {
  bars.close();
  vi.useRealTimers();
});

const ordinary = { id: "cm1", total: 10_000_000, bytesPerSecond: 1_000_000, connections: 1 };
const noTrouble = { retries: 0, resumes: 0, refreshes: 0 };

/** Publishes progress of an output, and lets the bars be drawn. */
function publish(name: string, bytes: number, what: Partial<CopyProgress> = {}): void {
  const key = `audio-projects/cm1/${name}`;
  copyProgressChannel.publish({ ...ordinary, ...noTrouble, key, bytes, ...what } satisfies CopyProgress);
  vi.advanceTimersByTime(200);
}

const barOf = (name: string, full: number, rest: string) =>
  `           ${name}  ${"█".repeat(full)}${"░".repeat(20 - full)}  ${rest}`;

describe("on a terminal", () => {
  test("an output has a bar with size and speed, in 80 columns, and a line in its place when it is complete", () => {
    publish("0-output.wav", 2_500_000);
    expect(screen.lines).toEqual([barOf("0-output.wav", 5, "2.5 MB of 10.0 MB  1.0 MB/s")]);
    publish("0-output.wav", 7_500_000, { bytesPerSecond: 2_000_000 });
    expect(screen.lines).toEqual([barOf("0-output.wav", 15, "7.5 MB of 10.0 MB  2.0 MB/s")]);
    publish("0-output.wav", 10_000_000);
    expect(screen.lines).toEqual(["           0-output.wav  10.0 MB  1.0 MB/s"]);
    expect(screen.isTidy).toBe(true);
    publish("10-output.wav", 300_100_000, { total: 999_900_000, bytesPerSecond: 123_400_000 });
    expect(screen.lines.at(-1)).toBe(barOf("10-output.wav", 6, "300.1 MB of 999.9 MB  123.4 MB/s").slice(0, 80));
  });

  test("what is out of the ordinary is shown, and only that", () => {
    screen = new Screen({ columns: 160 });
    bars.close();
    bars = startProgressBars(screen.stream);
    const all = { connections: 4, resumes: 1, retries: 2, refreshes: 1 };
    publish("0-output.wav", 5_000_000, all);
    const pace = "5.0 MB of 10.0 MB  1.0 MB/s, 4 connections, 1 resume, 2 retries, 1 fresh URL";
    expect(screen.lines).toEqual([barOf("0-output.wav", 10, pace)]);
    publish("0-output.wav", 10_000_000, { ...all, connections: 2, resumes: 2, retries: 1, refreshes: 3 });
    expect(screen.lines).toEqual(["           0-output.wav  10.0 MB  1.0 MB/s, 2 resumes, 1 retry, 3 fresh URLs"]);
  });

  test("bars stand below the lines, whichever output is complete first, and move up", () => {
    publish("0-output.wav", 1_000_000);
    publish("1-long.wav", 2_000_000);
    publish("2-output.wav", 3_000_000);
    publish("1-long.wav", 10_000_000);
    expect(screen.lines).toEqual([
      "           1-long.wav  10.0 MB  1.0 MB/s",
      barOf("0-output.wav", 2, "1.0 MB of 10.0 MB  1.0 MB/s"),
      barOf("2-output.wav", 6, "3.0 MB of 10.0 MB  1.0 MB/s"),
    ]);
    publish("0-output.wav", 10_000_000);
    publish("2-output.wav", 9_000_000);
    expect(screen.lines).toEqual([
      "           1-long.wav  10.0 MB  1.0 MB/s",
      "           0-output.wav  10.0 MB  1.0 MB/s",
      barOf("2-output.wav", 18, "9.0 MB of 10.0 MB  1.0 MB/s"),
    ]);
  });

  test("names of different lengths do not push the bars about", () => {
    publish("9-output.wav", 5_000_000);
    publish("10-output.wav", 5_000_000);
    publish("9-output.wav", 5_000_000);
    const [one = "", other = ""] = screen.lines;
    expect(one.indexOf("█")).toBe(other.indexOf("█"));
  });

  test("small outputs are a line each, and nothing comes and goes for them", () => {
    bars.close();
    const written: string[] = [];
    const write = (text: string) => written.push(text) > 0;
    bars = startProgressBars({ isTTY: true, write } as unknown as NodeJS.WriteStream);
    const names = Array.from({ length: 100 }, (_, index) => `${index}-output.wav`);
    for (const name of names) {
      publish(name, 50_000, { total: 100_000 });
      publish(name, 100_000, { total: 100_000 });
    }
    expect(written).toEqual(names.map((name) => `           ${name}  100.0 kB\n`));
  });

  test("small outputs beside a large one are lines above its bar, also where they do not all fit on the screen", () => {
    bars.close();
    screen = new Screen({ rows: 5 });
    bars = startProgressBars(screen.stream);
    publish("large.wav", 1_000_000);
    const names = Array.from({ length: 20 }, (_, index) => `${index}-output.mp3`);
    for (const name of names) publish(name, 100_000, { total: 100_000 });
    const bar = barOf("large.wav", 2, "1.0 MB of 10.0 MB  1.0 MB/s");
    expect(screen.lines).toEqual([...names.map((name) => `           ${name}  100.0 kB`), bar]);
  });

  test("a copy that begins again has its bar again from the start, also with another size", () => {
    publish("0-output.wav", 9_000_000);
    publish("0-output.wav", 1_000_000);
    expect(screen.lines).toEqual([barOf("0-output.wav", 2, "1.0 MB of 10.0 MB  1.0 MB/s")]);
    publish("0-output.wav", 1_000_000, { total: 4_000_000 });
    expect(screen.lines).toEqual([barOf("0-output.wav", 5, "1.0 MB of 4.0 MB  1.0 MB/s")]);
  });

  test("what was complete and begins again is told again when it is complete again, and else once", () => {
    publish("0-output.wav", 10_000_000);
    // Parts are on their way to S3 when the last byte is there, and may take another attempt.
    publish("0-output.wav", 10_000_000, { retries: 1 });
    expect(screen.lines).toHaveLength(1);
    publish("0-output.wav", 5_000_000);
    publish("0-output.wav", 10_000_000);
    expect(screen.lines).toEqual(Array.from({ length: 2 }, () => "           0-output.wav  10.0 MB  1.0 MB/s"));
  });

  test("a line in between leaves how far all were, and bars go on below it", () => {
    publish("0-output.wav", 5_000_000);
    publish("1-output.wav", 6_000_000);
    bars.write("CopyInterrupted: broke off");
    expect(screen.isTidy).toBe(true);
    publish("0-output.wav", 1_000_000);
    expect(screen.lines).toEqual([
      "           0-output.wav  5.0 MB of 10.0 MB  1.0 MB/s",
      "           1-output.wav  6.0 MB of 10.0 MB  1.0 MB/s",
      "CopyInterrupted: broke off",
      barOf("0-output.wav", 2, "1.0 MB of 10.0 MB  1.0 MB/s"),
    ]);
  });

  test("closing leaves the terminal as it was found, and listens no more", () => {
    publish("0-output.wav", 5_000_000);
    expect(screen.isTidy).toBe(false);
    bars.close();
    publish("0-output.wav", 6_000_000);
    expect(screen.lines).toEqual(["           0-output.wav  5.0 MB of 10.0 MB  1.0 MB/s"]);
    expect(screen.isTidy).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("on anything but a terminal there are only lines", () => {
  bars.close();
  const written: string[] = [];
  const stream = { isTTY: false, write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WriteStream;
  bars = startProgressBars(stream);
  publish("0-output.wav", 5_000_000);
  publish("1-output.mp3", 9_000_000, { resumes: 1 });
  publish("0-output.wav", 10_000_000);
  publish("0-output.wav", 10_000_000, { retries: 1 });
  bars.write("Notify");
  bars.close();
  expect(written).toEqual([
    "           0-output.wav  10.0 MB  1.0 MB/s\n",
    "           1-output.mp3  9.0 MB of 10.0 MB  1.0 MB/s, 1 resume\n",
    "Notify\n",
  ]);
});
