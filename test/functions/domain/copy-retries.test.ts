import { describe, expect, it } from "vitest";
import {
  interruptedRetries,
  type RetryBounds,
  retryBoundsOf,
  secondsToRetry,
  unavailableRetries,
} from "../../../functions/domain/copy-retries.ts";
import { passingErrorNames, terminalErrorNames } from "../../../functions/domain/errors.ts";

const longestWaits = (bounds: RetryBounds) =>
  Array.from({ length: bounds.attempts + 1 }, (_, nth) => secondsToRetry(bounds, nth + 1, 1));

describe("secondsToRetry", () => {
  it("doubles up to the longest, and ends", () => {
    expect(longestWaits(interruptedRetries)).toEqual([5, 10, 20, 40, 80, 120, 120, 120, undefined]);
    const waits = longestWaits(unavailableRetries);
    expect(waits.slice(0, 8)).toEqual([5, 10, 20, 40, 80, 160, 320, 600]);
    expect(waits).toHaveLength(21);
    expect(waits.reduce<number>((sum, seconds = 0) => sum + seconds, 0)).toBe(635 + 13 * 600);
  });

  it("has full jitter", () => {
    expect(secondsToRetry(interruptedRetries, 3, 0)).toBe(0);
    expect(secondsToRetry(interruptedRetries, 3, 0.5)).toBe(10);
  });
});

it("no terminal error is tried again, and every passing one is but the copy that would be as slow again", () => {
  for (const name of [...terminalErrorNames, "AddressRefused", "Error"]) expect(retryBoundsOf(name)).toBeUndefined();
  expect(passingErrorNames.filter((name) => retryBoundsOf(name) === undefined)).toEqual(["CopyTooSlow"]);
});
