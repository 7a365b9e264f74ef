import { describe, expect, it } from "vitest";
import {
  type Decision,
  decide,
  documentedStatuses,
  noPolls,
  type Observation,
  type PollContext,
  type PollCounts,
  verdictOf,
} from "../../../functions/domain/verdict.ts";
import { aProject, aTransfer } from "./domain-fixture.ts";

const start = Date.UTC(2026, 7, 22);

/** A poll so many seconds after the start. */
const at = (age: number, over: Partial<PollContext> = {}): PollContext => ({
  transfer: aTransfer(),
  counts: noPolls,
  now: start + age * 1_000,
  startedAt: start,
  random: 0,
  ...over,
});

const found = (over: Parameters<typeof aProject>[0]): Observation => ({ kind: "project", project: aProject(over) });
const notFound: Observation = { kind: "not-found" };
const unavailable: Observation = { kind: "unavailable", reason: "HTTP 503" };
const withoutDownloads = found({ downloads: [] });
const counted = (over: Partial<PollCounts>): PollCounts => ({ ...noPolls, ...over });

/** The decisions on the same observation again and again, from the start of a transfer until it is settled. */
function lapsOf(observation: Observation, over: Partial<PollContext> = {}): Decision[] {
  const decisions: Decision[] = [];
  let [age, counts] = [0, noPolls];
  for (;;) {
    const decision = decide(observation, at(age, { ...over, counts }));
    decisions.push(decision);
    if (decision.waitSeconds === undefined) return decisions;
    [age, counts] = [age + decision.waitSeconds, decision.counts];
  }
}

describe("verdictOf", () => {
  it.each([
    ["draft", "pending"],
    ["queued", "pending"],
    ["rendering", "pending"],
    ["complete", "complete"],
    ["error", "failed"],
    ["canceled", "canceled"],
    ["paused", "pending"],
    ["Complete", "pending"],
    ["complete ", "pending"],
    ["COMPLETED", "pending"],
    ["", "pending"],
    ["__proto__", "pending"],
    ["constructor", "pending"],
  ])("reads status %j as %s, and as gone when the project is deleted", (status, verdict) => {
    expect(verdictOf({ status, enabled: true })).toBe(verdict);
    expect(verdictOf({ status, enabled: false })).toBe("gone");
  });

  it("knows the vendor's six words", () => {
    expect(documentedStatuses).toEqual(["draft", "queued", "rendering", "complete", "error", "canceled"]);
  });
});

describe("a project that is complete", () => {
  it("is downloaded", () => {
    const counts = counted({ polls: 1 });
    expect(decide(found({}), at(0))).toEqual({ next: "download", verdict: "complete", counts });
  });

  it("is downloaded although it carries an error, and although nobody waits for it", () => {
    const error = { code: "no_source_face", message: "no face" };
    expect(decide(found({ error }), at(0))).toMatchObject({ next: "download", verdict: "complete" });
    const transfer = aTransfer({ waitForCompletion: false });
    expect(decide(found({}), at(0, { transfer }))).toMatchObject({ next: "download" });
  });

  it("is downloaded also after the deadline", () => {
    expect(decide(found({}), at(90_000))).toMatchObject({ next: "download" });
  });

  it("is the end when no download was asked for, with or without outputs", () => {
    const transfer = aTransfer({ downloadOutputs: false });
    for (const observation of [found({}), withoutDownloads]) {
      expect(decide(observation, at(0, { transfer }))).toMatchObject({ next: "done", verdict: "complete" });
    }
  });

  it("is polled five times again while it has no downloads, then fails", () => {
    const laps = lapsOf(withoutDownloads);
    expect(laps.map(({ next }) => next)).toEqual([...Array(5).fill("wait"), "fail"]);
    expect(laps.at(-1)).toMatchObject({
      verdict: "complete",
      failure: {
        error: "TransferFailed",
        detail: { errorMessage: "project cm1 is complete but has had no downloads for 6 polls" },
      },
      counts: { polls: 6, withoutDownloads: 6 },
    });
  });

  it("has its grace again after another answer", () => {
    const { counts } = decide(unavailable, at(0, { counts: counted({ withoutDownloads: 5 }) }));
    expect(counts.withoutDownloads).toBe(0);
  });
});

describe("a project that will not complete", () => {
  it("fails with the vendor's code and message", () => {
    const error = { code: "no_voice", message: "voice not found" };
    expect(decide(found({ status: "error", error, downloads: [] }), at(0))).toMatchObject({
      next: "fail",
      verdict: "failed",
      failure: {
        error: "ProjectFailed",
        detail: { errorMessage: "project cm1 ended in status error: no_voice: voice not found" },
      },
    });
  });

  it.each([null, { code: null, message: null }])("fails with error %j too", (error) => {
    expect(decide(found({ status: "error", error }), at(0)).failure?.detail.errorMessage).toBe(
      "project cm1 ended in status error: no code: no message",
    );
  });

  it("fails when it was canceled", () => {
    expect(decide(found({ status: "canceled" }), at(0))).toMatchObject({
      next: "fail",
      verdict: "canceled",
      failure: { error: "ProjectCanceled" },
    });
  });

  it("is not waited for, and not done, when nobody waits: it fails all the same", () => {
    const transfer = aTransfer({ waitForCompletion: false, downloadOutputs: false });
    for (const status of ["error", "canceled"]) {
      expect(decide(found({ status }), at(0, { transfer })).next).toBe("fail");
    }
  });
});

describe("a project that is gone", () => {
  const deleted = found({ enabled: false });

  it("goes to the copy, where its manifest may answer for it", () => {
    expect(decide(deleted, at(0))).toMatchObject({ next: "download", verdict: "gone" });
  });

  it("fails when no download was asked for", () => {
    const transfer = aTransfer({ downloadOutputs: false });
    expect(decide(deleted, at(0, { transfer }))).toMatchObject({
      next: "fail",
      verdict: "gone",
      failure: {
        error: "ProjectGone",
        detail: { errorMessage: "project cm1 is gone: the vendor reports enabled: false" },
      },
    });
  });

  it("is waited for over three answers 404, not over the fourth", () => {
    const laps = lapsOf(notFound);
    expect(laps.map(({ next }) => next)).toEqual(["wait", "wait", "wait", "download"]);
    expect(laps.at(-1)).toMatchObject({ verdict: "gone", counts: { polls: 4, notFound: 4 } });
  });

  it("fails after the same grace when no download was asked for", () => {
    const laps = lapsOf(notFound, { transfer: aTransfer({ downloadOutputs: false }) });
    expect(laps.map(({ next }) => next)).toEqual(["wait", "wait", "wait", "fail"]);
    expect(laps.at(-1)?.failure?.detail.errorMessage).toBe("project cm1 is gone: the vendor answered 404 to 4 polls");
  });

  it("has its grace again after another answer", () => {
    const counts = counted({ notFound: 3 });
    expect(decide(found({ status: "queued" }), at(0, { counts })).counts.notFound).toBe(0);
    expect(decide(notFound, at(0, { counts: counted({ notFound: 2 }) })).next).toBe("wait");
  });
});

describe("a project that is pending", () => {
  it.each([
    ["draft", 3, {}],
    ["queued", 3, {}],
    ["rendering", 3, { renderingSince: start }],
  ])("in status %s is waited for %d s at first", (status, waitSeconds, seen) => {
    expect(decide(found({ status, downloads: [] }), at(0))).toEqual({
      next: "wait",
      verdict: "pending",
      waitSeconds,
      counts: counted({ polls: 1, ...seen }),
    });
  });

  it("that begins rendering after a long queue is polled closely again, but only the first time", () => {
    const [queued, rendering] = [found({ status: "queued" }), found({ status: "rendering" })];
    const before = decide(queued, at(1_000, { counts: counted({ polls: 50 }) }));
    expect(before).toMatchObject({ waitSeconds: 30, counts: { polls: 51 } });
    const first = decide(rendering, at(1_030, { counts: before.counts }));
    expect(first).toMatchObject({ waitSeconds: 3, counts: { renderingSince: start + 1_030_000 } });
    const back = decide(queued, at(2_000, { counts: first.counts }));
    expect(decide(rendering, at(2_100, { counts: back.counts }))).toMatchObject({
      waitSeconds: 75,
      counts: { renderingSince: start + 1_030_000 },
    });
  });

  it("that was created long before the transfer is not polled as if it were new", () => {
    const createdAt = new Date(start - 3_600_000).toISOString();
    expect(decide(found({ status: "rendering", createdAt }), at(0))).toMatchObject({ waitSeconds: 30 });
    expect(decide(found({ status: "rendering", createdAt: null }), at(0))).toMatchObject({ waitSeconds: 3 });
  });

  it("in an unknown status is waited for and counted, even when it has downloads", () => {
    const counts = counted({ polls: 4, unknownStatuses: 2 });
    expect(decide(found({ status: "paused" }), at(0, { counts }))).toMatchObject({
      next: "wait",
      verdict: "pending",
      counts: { polls: 5, unknownStatuses: 3 },
    });
  });

  it.each(["draft", "queued", "rendering", "paused"])("in status %s is the end when nobody waits", (status) => {
    const transfer = aTransfer({ waitForCompletion: false });
    expect(decide(found({ status }), at(0, { transfer }))).toMatchObject({ next: "done", verdict: "pending" });
    expect(decide(found({ status }), at(90_000, { transfer }))).toMatchObject({ next: "done", verdict: "pending" });
  });

  it("has one poll on the deadline itself, then fails by name and says what to do", () => {
    const rendering = found({ status: "rendering" });
    expect(decide(rendering, at(86_399))).toMatchObject({ next: "wait", waitSeconds: 1 });
    const { failure, ...decision } = decide(
      rendering,
      at(86_400, { counts: counted({ polls: 61, unknownStatuses: 2 }) }),
    );
    expect(decision).toMatchObject({ next: "fail", verdict: "pending" });
    expect(failure).toEqual({
      error: "DeadlineExceeded",
      detail: {
        errorMessage:
          "project cm1 was still rendering after 86400 s and 62 polls, 2 with an unknown status; " +
          "the remote job may still finish: start the transfer again, with a larger deadlineSeconds",
      },
    });
  });

  it("is given up after an hour as a draft, and earlier when the deadline is", () => {
    const draft = found({ status: "draft" });
    expect(decide(draft, at(3_599))).toMatchObject({ next: "wait", waitSeconds: 1 });
    expect(decide(draft, at(3_600))).toMatchObject({ next: "fail", failure: { error: "DeadlineExceeded" } });
    expect(decide(found({ status: "queued" }), at(3_600)).next).toBe("wait");
    const transfer = aTransfer({ deadlineSeconds: 60 });
    expect(decide(draft, at(59, { transfer }))).toMatchObject({ next: "wait", waitSeconds: 1 });
    expect(decide(draft, at(60, { transfer })).next).toBe("fail");
  });
});

describe("a vendor that does not answer", () => {
  it("is waited for with a backoff that grows with the failures in a row", () => {
    const random = 0.999;
    const first = decide(unavailable, at(0, { random }));
    expect(first).toMatchObject({ next: "wait", verdict: "pending", waitSeconds: 6, counts: { unavailable: 1 } });
    expect(decide(unavailable, at(0, { random, counts: first.counts }))).toMatchObject({ waitSeconds: 12 });
    expect(decide(found({ status: "queued" }), at(0, { counts: first.counts })).counts.unavailable).toBe(0);
  });

  it("is waited for as long as it asks", () => {
    expect(decide({ ...unavailable, retryAfterSeconds: 120 }, at(0))).toMatchObject({ waitSeconds: 120 });
  });

  it("is waited for also when nobody waits for the project: nothing has been seen of it yet", () => {
    const transfer = aTransfer({ waitForCompletion: false });
    expect(decide(unavailable, at(0, { transfer })).next).toBe("wait");
  });

  it("ends at the deadline, with the reason cut short", () => {
    const { failure } = decide({ kind: "unavailable", reason: "r".repeat(10_000) }, at(86_400));
    expect(failure?.error).toBe("DeadlineExceeded");
    expect(failure?.detail.errorMessage).toMatch(/^project cm1 was still unreadable \(r{100}/);
    expect(failure?.detail.errorMessage.length).toBeLessThan(500);
  });
});

describe("one look", () => {
  const transfer = aTransfer({ waitForCompletion: false });

  it.each([unavailable, notFound, withoutDownloads])("waits five minutes at most for an answer (%#)", (observation) => {
    expect(decide(observation, at(299, { transfer }))).toMatchObject({ next: "wait", waitSeconds: 1 });
    const { next, failure } = decide(observation, at(300, { transfer }));
    expect([next, failure?.error]).toEqual(["fail", "DeadlineExceeded"]);
    expect(failure?.detail.errorMessage).toContain("no longer than 300 s is waited for that");
  });

  it("does not advise a larger deadline where that would change nothing", () => {
    const draft = decide(found({ status: "draft", downloads: [] }), at(3_600));
    expect(draft.failure?.detail.errorMessage).toContain("no longer than 3600 s is waited for that");
    const late = decide(found({ status: "queued", downloads: [] }), at(86_400));
    expect(late.failure?.detail.errorMessage).toContain("with a larger deadlineSeconds");
  });
});
