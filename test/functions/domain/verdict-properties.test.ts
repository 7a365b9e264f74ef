/** Properties of decisions on any observation and on any sequence of them; single cases are in verdict.test.ts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { terminalErrorNames } from "../../../functions/domain/errors.ts";
import {
  type Decision,
  decide,
  documentedStatuses,
  noPolls,
  type Observation,
  type PollContext,
  verdictOf,
} from "../../../functions/domain/verdict.ts";
import { aProject, aTransfer, signedUrl } from "./domain-fixture.ts";

const start = Date.UTC(2026, 7, 22);

const observations: fc.Arbitrary<Observation> = fc.oneof(
  fc
    .record({
      status: fc.oneof(fc.constantFrom(...documentedStatuses), fc.string()),
      enabled: fc.oneof({ arbitrary: fc.constant(true), weight: 5 }, fc.constant(false)),
      downloads: fc.oneof(fc.constant([]), fc.constant([{ url: signedUrl }])),
      error: fc.option(fc.record({ code: fc.string(), message: fc.string() }), { nil: null }),
    })
    .map((over): Observation => ({ kind: "project", project: aProject(over) })),
  fc.constant<Observation>({ kind: "not-found" }),
  fc
    .record({
      reason: fc.string(),
      retryAfterSeconds: fc.option(fc.oneof(fc.nat({ max: 600 }), fc.constant(Number.POSITIVE_INFINITY)), {
        nil: undefined,
      }),
    })
    .map((over): Observation => ({ kind: "unavailable", ...over })),
);

/** Only what is waited for, so that nothing but the deadline and the graces can end a sequence. */
const pendingObservations = observations.filter(
  (seen) => seen.kind !== "project" || ["pending", "complete"].includes(verdictOf(seen.project)),
);

const transfers = fc
  .record({
    waitForCompletion: fc.boolean(),
    downloadOutputs: fc.boolean(),
    deadlineSeconds: fc.oneof(fc.integer({ min: 1, max: 7_200 }), fc.integer({ min: 1, max: 364 * 86_400 })),
  })
  .map(aTransfer);

const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

const contexts: fc.Arbitrary<PollContext> = fc
  .record({
    transfer: transfers,
    counts: fc.record({
      polls: fc.nat(),
      unavailable: fc.nat({ max: 20 }),
      notFound: fc.nat({ max: 5 }),
      withoutDownloads: fc.nat({ max: 7 }),
      unknownStatuses: fc.nat(),
    }),
    age: fc.integer({ min: -60_000, max: 400 * 86_400_000 }),
    random: randoms,
  })
  .chain(({ age, counts, ...rest }) => {
    const moment = { ...rest, startedAt: start, now: start + age };
    const seen = fc.option(fc.integer({ min: start, max: start + Math.max(0, age) }), { nil: null });
    return seen.map((renderingSince) => ({
      ...moment,
      counts: { ...counts, ...(renderingSince !== null && { renderingSince }) },
    }));
  });

const always = (holds: (decision: Decision, observation: Observation, context: PollContext) => void) =>
  fc.assert(
    fc.property(observations, contexts, (observation, context) => {
      holds(decide(observation, context), observation, context);
    }),
    { numRuns: 2_000 },
  );

const downloadsOf = (seen: Observation) => (seen.kind === "project" ? seen.project.downloads.length : 0);
const verdictOn = (seen: Observation) => (seen.kind === "project" ? verdictOf(seen.project) : undefined);

describe("any decision", () => {
  it("downloads only what is complete and has downloads, or is gone, and was asked for", () => {
    always(({ next, verdict }, seen, { transfer, counts }) => {
      if (next !== "download") return;
      expect(transfer.downloadOutputs).toBe(true);
      const isComplete = verdict === "complete" && verdictOn(seen) === "complete" && downloadsOf(seen) > 0;
      const isMissing = seen.kind === "not-found" && counts.notFound >= 3;
      expect(isComplete || (verdict === "gone" && (verdictOn(seen) === "gone" || isMissing))).toBe(true);
    });
  });

  it("is done only for a complete project without download, or for a pending one that nobody waits for", () => {
    always(({ next, verdict }, seen, { transfer }) => {
      if (next !== "done") return;
      expect(verdict).toBe(verdictOn(seen));
      expect(
        (verdict === "complete" && !transfer.downloadOutputs) || (verdict === "pending" && !transfer.waitForCompletion),
      ).toBe(true);
    });
  });

  it("has seconds to wait if and only if it waits, whole ones from 1 to a day", () => {
    always(({ next, waitSeconds }) => {
      expect(waitSeconds !== undefined).toBe(next === "wait");
      if (waitSeconds === undefined) return;
      expect(Number.isInteger(waitSeconds) && waitSeconds >= 1 && waitSeconds <= 86_400).toBe(true);
    });
  });

  it("has a failure if and only if it fails, of a terminal name and with a message that names the project", () => {
    always(({ next, failure }) => {
      expect(failure !== undefined).toBe(next === "fail");
      if (!failure) return;
      expect(terminalErrorNames).toContain(failure.error);
      expect(failure.detail.errorMessage).toMatch(/^project cm1 /);
    });
  });

  it("waits before the deadline only", () => {
    always(({ next }, _, { now, startedAt, transfer }) => {
      if (next === "wait") expect(now).toBeLessThan(startedAt + transfer.deadlineSeconds * 1_000);
    });
  });

  it("counts the poll, and in a row only what came in a row", () => {
    always(({ counts }, seen, { counts: before }) => {
      expect(counts.polls).toBe(before.polls + 1);
      expect(counts.unavailable).toBe(seen.kind === "unavailable" ? before.unavailable + 1 : 0);
      expect(counts.notFound).toBe(seen.kind === "not-found" ? before.notFound + 1 : 0);
      expect([0, before.withoutDownloads + 1]).toContain(counts.withoutDownloads);
      expect(counts.unknownStatuses - before.unknownStatuses).toBeLessThanOrEqual(1);
      if (before.renderingSince !== undefined) expect(counts.renderingSince).toBe(before.renderingSince);
    });
  });

  it("holds no download URL", () => {
    always((decision) => expect(JSON.stringify(decision)).not.toContain("SECRET"));
  });
});

describe("any sequence of observations", () => {
  const sequences = fc.array(fc.oneof(observations, pendingObservations, pendingObservations), { minLength: 1 });

  /** Polls with the observations over and over, the clock moving by exactly what is waited. */
  function settle(sequence: readonly Observation[], context: Pick<PollContext, "transfer" | "random">) {
    let [age, counts] = [0, noPolls];
    for (;;) {
      const observation = sequence[counts.polls % sequence.length] ?? { kind: "not-found" };
      const decision = decide(observation, { ...context, counts, startedAt: start, now: start + age * 1_000 });
      if (decision.next !== "wait") return { age, decision };
      age += decision.waitSeconds ?? Number.NaN;
      counts = decision.counts;
      if (counts.polls > 1_000) throw new Error(`still waiting after ${age} s and ${counts.polls} polls`);
    }
  }

  it("ends at the deadline or before, in fewer than 600 polls", () => {
    fc.assert(
      fc.property(sequences, transfers, randoms, (sequence, transfer, random) => {
        const { age, decision } = settle(sequence, { transfer, random });
        expect(age).toBeLessThanOrEqual(transfer.deadlineSeconds);
        expect(["fail", "done", "download"]).toContain(decision.next);
        expect(decision.counts.polls).toBeLessThan(600);
        // Before the deadline a draft can be given up as too late, not within its own hour, and one look, after 5 minutes.
        if (decision.failure?.error === "DeadlineExceeded") {
          expect(age).toBeGreaterThanOrEqual(
            Math.min(transfer.deadlineSeconds, transfer.waitForCompletion ? 3_600 : 300),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it("that is never settled ends exactly at the deadline", () => {
    const never = fc.array(
      fc.oneof(
        fc
          .constantFrom("queued", "rendering", "paused")
          .map((status): Observation => ({ kind: "project", project: aProject({ status }) })),
        fc.constant<Observation>({ kind: "unavailable", reason: "HTTP 503" }),
      ),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(never, transfers, randoms, (sequence, some, random) => {
        const transfer = { ...some, waitForCompletion: true };
        const { age, decision } = settle(sequence, { transfer, random });
        expect(age).toBe(transfer.deadlineSeconds);
        expect(decision.failure?.error).toBe("DeadlineExceeded");
      }),
      { numRuns: 300 },
    );
  });
});
