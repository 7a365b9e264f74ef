/** An output on its way. All in bytes. */
export interface OutputOnItsWay {
  /** Announced size. */
  readonly bytes: number;
  /** Received so far. */
  readonly received: number;
}

/** How a run of the copy stands. */
export interface CopyPace {
  /** Outputs on their way, in the order in which they were begun. */
  readonly onTheirWay: readonly OutputOnItsWay[];
  /** Bytes per second that the run received so far, on average. */
  readonly bytesPerSecond: number;
  /** Seconds since the run's first download was open. */
  readonly secondsGone: number;
  /** Seconds that are left to copy. */
  readonly secondsLeft: number;
}

/** Share of a run's time after which its speed is believed: of 885 s that is a minute and a half, and outlasts a stall. */
const settling = 0.1;

/** Seconds that all outputs on their way still need at the present speed; 0 when there are none. */
export function secondsNeeded({ onTheirWay, bytesPerSecond }: CopyPace): number {
  const left = onTheirWay.reduce((sum, { bytes, received }) => sum + Math.max(0, bytes - received), 0);
  return left === 0 ? 0 : left / bytesPerSecond;
}

/**
 * Whether the run's time will do for what is on its way. Early, only a clear miss counts, because speeds vary: at first half
 * as much again as is left must be needed, at the end anything more than is left.
 */
export function isTooMuch(pace: CopyPace): boolean {
  const { secondsGone, secondsLeft } = pace;
  const whole = secondsGone + secondsLeft;
  if (secondsGone < whole * settling) return false;
  return secondsNeeded(pace) > secondsLeft * (1 + 0.5 * (secondsLeft / whole));
}

/** Least seconds that must be left for a further output to be begun, when others were begun in this run. */
const shortestStart = 60;

/**
 * Whether a further output may be begun, whose size is not known before its download is opened: so it is taken for twice the
 * largest so far. While no speed is known, it may.
 * @param largest size of the largest output of this run, in bytes
 */
export function maySpare(pace: CopyPace, largest: number): boolean {
  const { onTheirWay, secondsLeft, bytesPerSecond } = pace;
  if (secondsLeft < shortestStart) return false;
  const further = { bytes: 2 * largest, received: 0 };
  return bytesPerSecond === 0 || secondsNeeded({ ...pace, onTheirWay: [...onTheirWay, further] }) <= secondsLeft;
}

/** Why an output is given up that a whole run's time would not do for: with the figures. */
export function describeTooSlow(key: string, pace: CopyPace): string {
  const [{ bytes, received } = { bytes: 0, received: 0 }] = pace.onTheirWay;
  const speed = Number((pace.bytesPerSecond / 1_024 ** 2).toPrecision(2));
  const needed = secondsNeeded(pace);
  const [gone, rest, left] = [pace.secondsGone, needed, pace.secondsLeft].map((seconds) =>
    Number.isFinite(seconds) ? `${Math.round(seconds)} s` : "for ever",
  );
  return `${key}: ${received} of ${bytes} bytes came in ${gone}; at the present ${speed} MiB/s the rest takes ${rest}, and the function has ${left} left. An output must be copied within one run`;
}
