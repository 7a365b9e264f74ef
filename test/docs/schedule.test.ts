import { describe, expect, it } from "vitest";
import { keptMilliseconds } from "../../functions/adapters/secret-value.ts";
import {
  deliverySchedule,
  secondsToNextAttempt,
  throttledWaitSeconds,
} from "../../functions/domain/delivery-schedule.ts";
import { longestEndpoint, mostEndpoints } from "../../functions/domain/endpoint.ts";
import { largestEventBytes } from "../../functions/domain/event.ts";
import { outcomeOf } from "../../functions/domain/outcome.ts";
import { page, tableRows } from "./page.ts";

const unitSeconds: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3_600, d: 86_400 };

/** Seconds of a text such as `1 d 7 h 35 min 5 s`. */
function secondsOf(text: string): number {
  const parts = [...text.matchAll(/(\d+) (\w+)/g)];
  return parts.reduce((sum, [, number, unit = ""]) => sum + Number(number) * (unitSeconds[unit] ?? Number.NaN), 0);
}

describe("the table of attempts", () => {
  const rows = tableRows("| attempt | wait before it | after the first, at least |");

  it("has every attempt of the schedule, and its wait", () => {
    expect(rows.map(([attempt]) => Number(attempt))).toEqual(deliverySchedule.map((_, index) => index + 1));
    expect(rows.map(([, wait = ""]) => secondsOf(wait))).toEqual(deliverySchedule);
  });

  it("adds the waits up", () => {
    const sums = deliverySchedule.map((_, index) =>
      deliverySchedule.slice(0, index + 1).reduce<number>((sum, wait) => sum + wait, 0),
    );
    expect(rows.map(([, , sum = ""]) => secondsOf(sum))).toEqual(sums);
  });

  it("says by how much a wait may be longer", () => {
    expect(page).toContain("or up to a tenth longer");
    for (const [attempt, wait] of deliverySchedule.entries()) {
      if (attempt === 0) continue;
      expect(secondsToNextAttempt({ attempt, random: 0 })).toBe(wait);
      expect(secondsToNextAttempt({ attempt, random: 1 - Number.EPSILON })).toBe(wait + Math.ceil(wait / 10));
    }
  });
});

describe("the table of answers", () => {
  const rows = tableRows("| answer | what follows |");
  const outcomeAfter = (status: number) =>
    outcomeOf({ kind: "answered", status, body: "" }, { attempt: 1, now: 0, random: 0 });

  it("says what each status comes to", () => {
    expect(rows.map(([answer]) => answer)).toEqual([
      "any 2xx",
      "410",
      "429, 502, 504",
      "anything else: 3xx, other 4xx and 5xx, no answer, a certificate that is not valid",
    ]);
    for (let status = 200; status < 600; status++) {
      const kind = status < 300 ? "delivered" : status === 410 ? "rejected" : "retry";
      expect(outcomeAfter(status).kind, String(status)).toBe(kind);
      const waitSeconds = [429, 502, 504].includes(status) ? throttledWaitSeconds : 5;
      if (kind === "retry") expect(outcomeAfter(status), String(status)).toMatchObject({ waitSeconds });
    }
    expect(rows[2]?.[1]).toContain(`after ${throttledWaitSeconds} seconds`);
  });
});

describe("the numbers of the page", () => {
  it("let ids be forgotten after ten days at the earliest, and that is enough", () => {
    expect(page).toContain("for ten days");
    const slowest = { random: 1 - Number.EPSILON, retryAfterSeconds: Number.MAX_SAFE_INTEGER, isThrottled: true };
    const waits = deliverySchedule.map((_, index) => secondsToNextAttempt({ attempt: index + 1, ...slowest }) ?? 0);
    const total = waits.reduce((sum, wait) => sum + wait) + 10 * 60;
    expect(total).toBeLessThan(10 * 86_400);
    expect(total).toBeGreaterThan(9 * 86_400);
  });

  it("are ours", () => {
    expect(page).toContain(`at most ${largestEventBytes.toLocaleString("en")} bytes`);
    expect(page).toContain(`at most ${mostEndpoints}:`);
    expect(page).toContain(`longer than ${longestEndpoint.toLocaleString("en")} characters`);
    expect(keptMilliseconds).toBe(5 * 60_000);
    expect(page).toContain("Within five minutes");
  });
});
