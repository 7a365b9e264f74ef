import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CopyPace,
  describeTooSlow,
  isTooMuch,
  maySpare,
  secondsNeeded,
} from "../../../functions/domain/copy-pace.ts";

const mebibyte = 1_024 ** 2;

/** A run of 900 s in its middle, with one output of which half is there. */
const pace = (over: Partial<CopyPace> = {}): CopyPace => ({
  onTheirWay: [{ bytes: 1_000, received: 500 }],
  bytesPerSecond: 10,
  secondsGone: 450,
  secondsLeft: 450,
  ...over,
});

const needing = (seconds: number, over: Partial<CopyPace> = {}) =>
  pace({ onTheirWay: [{ bytes: 10 * seconds, received: 0 }], ...over });

describe("the seconds needed", () => {
  it("are for all outputs on their way, less what came", () => {
    expect(secondsNeeded(pace())).toBe(50);
    expect(
      secondsNeeded(
        pace({
          onTheirWay: [
            { bytes: 40, received: 10 },
            { bytes: 30, received: 0 },
          ],
        }),
      ),
    ).toBe(6);
  });

  it("are none without outputs or with nothing left of them, even when nothing ever came", () => {
    expect(secondsNeeded(pace({ onTheirWay: [], bytesPerSecond: 0 }))).toBe(0);
    expect(secondsNeeded(pace({ onTheirWay: [{ bytes: 5, received: 5 }], bytesPerSecond: 0 }))).toBe(0);
  });

  it("of an output that started over and received more than it holds do not make up for another", () => {
    const onTheirWay = [
      { bytes: 100, received: 900 },
      { bytes: 100, received: 0 },
    ];
    expect(secondsNeeded(pace({ onTheirWay }))).toBe(10);
  });

  it("are without end when nothing comes", () => {
    expect(secondsNeeded(pace({ bytesPerSecond: 0 }))).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("it is too much", () => {
  it.each([
    // Half of the time is left: a quarter more than that may be needed.
    [450, 450, 562, false],
    [450, 450, 563, true],
    // Soon after the beginning: nearly half as much again.
    [90, 810, 1_174, false],
    [90, 810, 1_175, true],
    // At the end: what is left.
    [890, 10, 10, false],
    [890, 10, 11, true],
    [900, 0, 0, false],
    [900, 0, 1, true],
  ])("after %d s of a run with %d s left when %d s are needed: %s", (secondsGone, secondsLeft, seconds, isIt) => {
    expect(isTooMuch(needing(seconds, { secondsGone, secondsLeft }))).toBe(isIt);
  });

  it.each([
    [89.9, 810.1, false],
    [90, 810, true],
    [9.9, 90.1, false],
    [10, 90, true],
  ])("at the earliest after a tenth of the time: after %d s of a run with %d s left, %s", (...times) => {
    const [secondsGone, secondsLeft, isIt] = times;
    expect(isTooMuch(needing(100_000, { secondsGone, secondsLeft }))).toBe(isIt);
  });

  it("when nothing came in time, and never when nothing is on its way", () => {
    expect(isTooMuch(pace({ bytesPerSecond: 0 }))).toBe(true);
    expect(isTooMuch(pace({ bytesPerSecond: 0, onTheirWay: [] }))).toBe(false);
  });

  it("never while what is needed is left, and always when half as much again is not", () => {
    const times = { secondsGone: fc.nat({ max: 900 }), secondsLeft: fc.nat({ max: 900 }) };
    fc.assert(
      fc.property(fc.record({ ...times, seconds: fc.nat({ max: 5_000 }) }), ({ seconds, ...run }) => {
        const isIt = isTooMuch(needing(seconds, run));
        if (seconds <= run.secondsLeft) expect(isIt).toBe(false);
        const isSettled = run.secondsGone > 0.1 * (run.secondsGone + run.secondsLeft);
        if (isSettled && seconds > 1.5 * run.secondsLeft) expect(isIt).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a further output may be begun", () => {
  it.each([
    [60, 0, true],
    [59, 0, false],
    [500, 0, true],
    // 50 s for the one on its way, and 2 × 2,000 / 10 s for a further one twice as large as the largest.
    [450, 2_000, true],
    [449, 2_000, false],
    [59, 1, false],
  ])("with %d s left when the largest had %d bytes: %s", (secondsLeft, largest, may) => {
    expect(maySpare(pace({ secondsLeft }), largest)).toBe(may);
  });

  it("while no speed is known, if a minute is left", () => {
    expect(maySpare(pace({ bytesPerSecond: 0 }), 1)).toBe(true);
    expect(maySpare(pace({ bytesPerSecond: 0, secondsLeft: 59 }), 1)).toBe(false);
  });

  it("also when none is on its way, if it will do", () => {
    expect(maySpare(pace({ onTheirWay: [], secondsLeft: 100 }), 500)).toBe(true);
    expect(maySpare(pace({ onTheirWay: [], secondsLeft: 100 }), 501)).toBe(false);
  });
});

describe("why an output is given up", () => {
  it("is said with the figures", () => {
    const onTheirWay = [{ bytes: 1_000 * mebibyte, received: 30 * mebibyte }];
    const text = describeTooSlow("d/0-a.wav", pace({ onTheirWay, bytesPerSecond: 2 * mebibyte, secondsGone: 15.4 }));
    expect(text).toBe(
      "d/0-a.wav: 31457280 of 1048576000 bytes came in 15 s; at the present 2 MiB/s the rest takes 485 s, and the function has 450 s left. An output must be copied within one run",
    );
  });

  it("is said also when nothing came", () => {
    const text = describeTooSlow("k", pace({ onTheirWay: [{ bytes: 9, received: 0 }], bytesPerSecond: 0 }));
    expect(text).toContain("k: 0 of 9 bytes came in 450 s; at the present 0 MiB/s the rest takes for ever");
  });
});
