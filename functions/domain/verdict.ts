import {
  DeadlineExceeded,
  ProjectCanceled,
  ProjectFailed,
  ProjectGone,
  type TerminalError,
  TransferFailed,
} from "./errors.ts";
import { type Failure, failureOf } from "./failure.ts";
import type { TransferInput } from "./input.ts";
import { secondsToNextPoll } from "./poll-schedule.ts";
import type { Project } from "./project.ts";
import type { Turn } from "./vendor-queue.ts";

/** Our reading of a project. */
export type Verdict = "pending" | "complete" | "failed" | "canceled" | "gone";

/** The vendor's six documented words. */
export const documentedStatuses = ["draft", "queued", "rendering", "complete", "error", "canceled"] as const;

/**
 * The verdict on a project, a total function of its status and of `enabled`. Its `error` field has no say: the vendor's
 * own example carries one beside `complete`. A status outside the documented six is pending, never complete.
 */
export function verdictOf(project: Pick<Project, "status" | "enabled">): Verdict {
  if (!project.enabled) return "gone";
  switch (project.status) {
    case "complete":
      return "complete";
    case "error":
      return "failed";
    case "canceled":
      return "canceled";
    default:
      return "pending";
  }
}

/** What one poll found. */
export type Observation =
  | { readonly kind: "project"; readonly project: Project }
  | { readonly kind: "not-found" }
  | {
      readonly kind: "unavailable";
      /** Why, in words that hold no secret. */
      readonly reason: string;
      /** The vendor's Retry-After, in seconds. */
      readonly retryAfterSeconds?: number | undefined;
    };

/** What a transfer remembers from poll to poll. */
export interface PollCounts {
  /** Polls in all, this one included. */
  readonly polls: number;
  /** Polls in a row without a usable answer. */
  readonly unavailable: number;
  /** Answers 404 in a row. */
  readonly notFound: number;
  /** Answers `complete` without downloads in a row. */
  readonly withoutDownloads: number;
  /** Answers with a status outside the documented six, in all. */
  readonly unknownStatuses: number;
  /**
   * When it was first seen rendering, in milliseconds since the epoch; the transfer's start if the first poll saw that, which
   * does not tell since when. Absent before. Kept for good, so that a status that goes back and forth cannot restart the
   * poll schedule again and again.
   */
  readonly renderingSince?: number;
}

/** Before the first poll. */
export const noPolls: PollCounts = { polls: 0, unavailable: 0, notFound: 0, withoutDownloads: 0, unknownStatuses: 0 };

/** Answers 404 in a row that are waited out: a project just created may not be readable yet (undocumented). */
export const notFoundGrace = 3;

/** Answers `complete` without downloads in a row that are waited out: the links may follow the status (undocumented). */
export const withoutDownloadsGrace = 5;

/**
 * Seconds a project may stay `draft`: one hour, or the transfer's deadline if that is sooner. A draft is documented both
 * as "not used" and as "not submitted"; one that nobody submits would otherwise be polled until the deadline.
 */
export const draftDeadlineSeconds = 3_600;

/**
 * Seconds that a transfer with `waitForCompletion: false` may wait all the same, for an answer at all, for a project just
 * created or for links that follow the status: five minutes.
 */
export const oneLookSeconds = 300;

/** Where the workflow goes after a poll. */
export interface Decision {
  /** Wait and poll again; copy the outputs; end with what is known; end FAILED. */
  readonly next: "wait" | "download" | "done" | "fail";
  /** Our reading. */
  readonly verdict: Verdict;
  /** Whole seconds until the next poll; with `wait` only. */
  readonly waitSeconds?: number;
  /** Why; with `fail` only. */
  readonly failure?: Failure;
  /** To be remembered for the next poll. */
  readonly counts: PollCounts;
  /** The poll's place among those that wait for the vendor's patience; with `wait` only. */
  readonly turn?: Turn;
}

/** What a decision rests on, besides the observation. Times are milliseconds since the epoch. */
export interface PollContext {
  /** The validated input. */
  readonly transfer: TransferInput;
  /** Counts after the previous poll. */
  readonly counts: PollCounts;
  /** Now. */
  readonly now: number;
  /** When the transfer started. */
  readonly startedAt: number;
  /** From 0 inclusive to 1 exclusive, for the backoff's jitter. */
  readonly random: number;
  /** Shortest interval between two polls, in seconds. Default 3. */
  readonly shortestInterval?: number | undefined;
}

function count(observation: Observation, { counts, now, startedAt }: PollContext): PollCounts {
  const project = observation.kind === "project" ? observation.project : undefined;
  const empty = project?.status === "complete" && project.enabled && project.downloads.length === 0;
  const unknown = project !== undefined && !(documentedStatuses as readonly string[]).includes(project.status);
  const seen = project?.status === "rendering" ? (counts.polls > 0 ? now : startedAt) : undefined;
  const renderingSince = counts.renderingSince ?? seen;
  return {
    polls: counts.polls + 1,
    unavailable: observation.kind === "unavailable" ? counts.unavailable + 1 : 0,
    notFound: observation.kind === "not-found" ? counts.notFound + 1 : 0,
    withoutDownloads: empty ? counts.withoutDownloads + 1 : 0,
    unknownStatuses: counts.unknownStatuses + (unknown ? 1 : 0),
    ...(renderingSince !== undefined && { renderingSince }),
  };
}

/** Decides what follows a poll. Total: every observation has exactly one decision, and no time passes unbounded. */
export function decide(observation: Observation, context: PollContext): Decision {
  const counts = count(observation, context);
  const { transfer } = context;
  const fail = (verdict: Verdict, error: TerminalError): Decision => {
    return { next: "fail", verdict, failure: failureOf(error), counts };
  };
  const wait = (doing: string, budgetSeconds = transfer.deadlineSeconds): Decision => {
    const budget = Math.min(
      budgetSeconds,
      transfer.waitForCompletion ? Number.POSITIVE_INFINITY : oneLookSeconds,
      transfer.deadlineSeconds,
    );
    const deadlineAt = context.startedAt + budget * 1_000;
    if (context.now >= deadlineAt) {
      return fail("pending", new DeadlineExceeded(deadlineMessage(doing, budget, context, counts)));
    }
    const retryAfterSeconds = observation.kind === "unavailable" ? observation.retryAfterSeconds : undefined;
    const waitSeconds = secondsToNextPoll({
      ...context,
      deadlineAt,
      failures: counts.unavailable,
      createdAt: createdAtOf(observation),
      renderingSince: counts.renderingSince,
      retryAfterSeconds,
    });
    return { next: "wait", verdict: "pending", waitSeconds, counts };
  };
  const gone = (how: string): Decision =>
    // A transfer that ran before may have copied and deleted it: then the manifest answers for it, not the vendor.
    transfer.downloadOutputs
      ? { next: "download", verdict: "gone", counts }
      : fail("gone", new ProjectGone(`project ${transfer.id} is gone: ${how}`));

  if (observation.kind === "unavailable") return wait(`unreadable (${observation.reason})`);
  if (observation.kind === "not-found") {
    return counts.notFound <= notFoundGrace
      ? wait("not found")
      : gone(`the vendor answered 404 to ${counts.notFound} polls`);
  }

  const { project } = observation;
  const verdict = verdictOf(project);
  switch (verdict) {
    case "gone":
      return gone("the vendor reports enabled: false");
    case "failed":
      return fail(verdict, new ProjectFailed(failedMessage(project)));
    case "canceled":
      return fail(verdict, new ProjectCanceled(`project ${project.id} was canceled in the vendor's web app`));
    case "complete":
      if (!transfer.downloadOutputs) return { next: "done", verdict, counts };
      if (project.downloads.length > 0) return { next: "download", verdict, counts };
      if (counts.withoutDownloads <= withoutDownloadsGrace) return wait("complete without downloads");
      return fail(
        "complete",
        new TransferFailed(
          `project ${project.id} is complete but has had no downloads for ${counts.withoutDownloads} polls`,
        ),
      );
    case "pending":
      if (!transfer.waitForCompletion) return { next: "done", verdict, counts };
      return project.status === "draft" ? wait("draft", draftDeadlineSeconds) : wait(project.status);
  }
}

/** When the project was created, in milliseconds since the epoch, if this poll told. */
function createdAtOf(observation: Observation): number | undefined {
  const createdAt = observation.kind === "project" ? observation.project.createdAt : null;
  return createdAt === null ? undefined : Date.parse(createdAt);
}

function failedMessage(project: Project): string {
  const { code, message } = project.error ?? { code: null, message: null };
  return `project ${project.id} ended in status error: ${code ?? "no code"}: ${message ?? "no message"}`;
}

function deadlineMessage(doing: string, budget: number, context: PollContext, counts: PollCounts): string {
  const { id, deadlineSeconds } = context.transfer;
  const age = Math.floor((context.now - context.startedAt) / 1_000);
  const unknown = counts.unknownStatuses > 0 ? `, ${counts.unknownStatuses} with an unknown status` : "";
  const advice =
    budget < deadlineSeconds
      ? `no longer than ${budget} s is waited for that, whatever deadlineSeconds is: start the transfer again when it is otherwise`
      : "the remote job may still finish: start the transfer again, with a larger deadlineSeconds";
  return `project ${id} was still ${doing.slice(0, 200)} after ${age} s and ${counts.polls} polls${unknown}; ${advice}`;
}
