/** How many polls a project needs that stays pending until its deadline: so few that no execution has to be continued. */
import fc from "fast-check";
import { describe, expect, inject, it } from "vitest";
import { longestDeadlineSeconds } from "../../../functions/domain/input.ts";
import { type PollMoment, secondsToNextPoll } from "../../../functions/domain/poll-schedule.ts";
import { decide, documentedStatuses, noPolls, type Observation } from "../../../functions/domain/verdict.ts";
import { eventsOn, lapOf, mostHistoryEvents } from "../../lib/cloud/history-events.ts";
import type { WorkflowDefinition } from "../../lib/cloud/workflow-diagram.ts";
import { aProject, aTransfer } from "./domain-fixture.ts";
import { at, start, year } from "./poll-moments.ts";

const definition = inject("transfer").definition as WorkflowDefinition;
const eventsPerLap = eventsOn(definition, lapOf(definition));

/** Fewer than these for any deadline: 495 where every poll is answered, some 20 more for one that is seen rendering late. */
const mostPolls = 600;

/** Polls of a transfer whose deadline is so many seconds away, the last one at the deadline included. */
function pollsUntil(deadline: number, momentOf: (poll: number, age: number) => Partial<PollMoment>): number {
  let [age, polls] = [0, 1];
  while (age < deadline) {
    age += secondsToNextPoll(at(age, { deadlineAt: start + deadline * 1_000, ...momentOf(polls, age) }));
    polls += 1;
  }
  expect(age).toBe(deadline);
  return polls;
}

const deadlines = fc.oneof(
  fc.integer({ min: 1, max: 7_200 }),
  fc.integer({ min: 1, max: longestDeadlineSeconds }),
  fc.constant(longestDeadlineSeconds),
);
const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("until a deadline of 364 days", () => {
  it.each([
    ["every poll is answered", () => ({})],
    ["every poll fails and chance gives the shortest backoff", (poll: number) => ({ failures: poll, random: 0 })],
    ["every poll fails and chance gives the longest backoff", (poll: number) => ({ failures: poll, random: 0.999 })],
    ["every second poll fails", (poll: number) => ({ failures: poll % 2, random: 0 })],
    [
      "the vendor always asks to come back at once",
      (poll: number) => ({ failures: poll, random: 0, retryAfterSeconds: 0 }),
    ],
    [
      "it is seen to begin rendering after a day and a half",
      (_: number, age: number) => (age < 130_000 ? {} : { renderingSince: start + 130_000_000 }),
    ],
  ])("there are fewer than 600 polls when %s", (_what, momentOf) => {
    const polls = pollsUntil(year, momentOf);
    expect(polls).toBeGreaterThan(358);
    expect(polls).toBeLessThan(mostPolls);
  });
});

describe("until any deadline", () => {
  it("there are fewer than 600 polls whatever fails, and whenever it begins rendering", () => {
    const laps = fc.array(fc.record({ failures: fc.nat({ max: 20 }), random: randoms }), {
      minLength: 1,
    });
    const beginnings = fc.option(fc.oneof(fc.nat({ max: 7_200 }), fc.nat({ max: year })), { nil: year });
    fc.assert(
      fc.property(deadlines, laps, beginnings, (deadline, cycle, beginning) => {
        const polls = pollsUntil(deadline, (poll, age) => ({
          ...cycle[poll % cycle.length],
          renderingSince: age < beginning ? undefined : start + beginning * 1_000,
        }));
        expect(polls).toBeLessThan(mostPolls);
      }),
    );
  });

  it("there are fewer than 600 decisions to wait whatever the vendor says, so that the history cannot fill up", () => {
    const created = fc.constantFrom(null, "1970-01-01T00:00:00.000Z", new Date(start).toISOString());
    const pending = [...documentedStatuses.filter((word) => !["complete", "error", "canceled"].includes(word)), "odd"];
    const observations = fc.oneof(
      fc
        .record({ status: fc.constantFrom(...pending), createdAt: created })
        .map((over): Observation => ({ kind: "project", project: aProject({ ...over, downloads: [] }) })),
      fc.constant<Observation>({ kind: "unavailable", reason: "HTTP 429" }),
    );
    fc.assert(
      fc.property(deadlines, fc.array(observations, { minLength: 1 }), randoms, (deadlineSeconds, cycle, random) => {
        const transfer = aTransfer({ deadlineSeconds });
        let [age, counts] = [0, noPolls];
        for (;;) {
          const observation = cycle[counts.polls % cycle.length] ?? { kind: "not-found" };
          const moment = { now: start + age * 1_000, startedAt: start };
          const decision = decide(observation, { transfer, counts, random, ...moment });
          if (decision.waitSeconds === undefined) break;
          [age, counts] = [age + decision.waitSeconds, decision.counts];
          if (counts.polls > mostPolls) break;
        }
        expect(counts.polls).toBeLessThan(mostPolls);
      }),
    );
  });
});

it("laps of 9 events are far from the 25,000 that an execution holds, so that no continuation is needed", () => {
  expect(eventsPerLap).toBe(9);
  expect(mostPolls * eventsPerLap).toBeLessThan(mostHistoryEvents / 4);
});
