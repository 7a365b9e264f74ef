/**
 * One simulated project: its plan, its birth, what was asked of it, and what it answers at a moment.
 * The status is a pure function of the plan and the time: nothing ticks.
 */
import type { RenderedAudio } from "./audio/rendered-audio.ts";
import type { ProjectError, ProjectPlan } from "./project-plan.ts";

/** Everything the simulator holds about a project. */
export interface SimulatedProject {
  readonly id: string;
  plan: ProjectPlan;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  deleted: boolean;
  /** Requests that arrived, also those that were refused or met a simulated fault. */
  readonly seen: { gets: number; deletes: number; downloads: number };
  /** GETs answered with `complete`: `withoutDownloads` of them show no downloads. */
  completeAnswers: number;
  /** Audio rendered so far, by output index. */
  readonly rendered: Map<number, Promise<RenderedAudio>>;
}

/** One entry of the vendor's `downloads`. */
export interface Download {
  readonly url: string;
  /** Date-time in UTC, with a zone, as in the vendor's example. */
  readonly expires_at: string;
}

/** The body of the vendor's `GET /v1/audio-projects/{id}`: all fields are required. */
export interface AudioProjectBody {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly type: string;
  /** Date-time in UTC **without** a zone, as in the example of the vendor's OpenAPI file. */
  readonly created_at: string;
  readonly enabled: boolean;
  readonly credits_charged: number;
  readonly downloads: readonly Download[];
  readonly error: ProjectError | null;
}

/** The project's status at `now` (milliseconds since the epoch). */
export function statusAt(project: SimulatedProject, now: number): string {
  const { endIn } = project.plan;
  if (endIn === "draft") return "draft";
  if (endIn === "queued" || now < startsAt(project)) return "queued";
  if (endIn === "rendering" || now < endsAt(project)) return "rendering";
  return endIn;
}

/** When its plan has it start rendering: whole milliseconds since the epoch. */
export function startsAt({ plan, createdAt }: SimulatedProject): number {
  return createdAt + Math.ceil(plan.queuedSeconds * 1_000);
}

/** When its plan has it come to its end: whole milliseconds since the epoch. */
export function endsAt({ plan, createdAt }: SimulatedProject): number {
  return createdAt + Math.ceil((plan.queuedSeconds + plan.renderingSeconds) * 1_000);
}

/** Whether the project still exists for its owner at `now`: false is the vendor's word for deleted. */
export function isEnabled(project: SimulatedProject, now: number): boolean {
  return !project.deleted && !(project.plan.disabled && statusAt(project, now) === "complete");
}

/**
 * The vendor's answer at `now`, around the given downloads. An errored project's credits are refunded: the vendor's
 * SDK says of `credits_charged` that it "will be updated to include the refund".
 */
export function projectBody(project: SimulatedProject, now: number, downloads: readonly Download[]): AudioProjectBody {
  const status = statusAt(project, now);
  return {
    id: project.id,
    name: project.plan.name,
    status,
    type: project.plan.type,
    created_at: new Date(project.createdAt).toISOString().slice(0, "1970-01-01T00:00:00".length),
    enabled: isEnabled(project, now),
    credits_charged: status === "error" ? 0 : creditsFor(project.plan.prompt),
    downloads,
    error: errorAt(project.plan, status),
  };
}

/**
 * Credits for a prompt: 0.05 a character, rounded up, as `magic-hour` 0.43.1 documents `aiVoiceGenerator.create`
 * (later vendor texts say 0.1). Divided by 20 because 0.05 has no exact binary form.
 */
export function creditsFor(prompt: string): number {
  return Math.ceil(prompt.length / 20);
}

const stockError: ProjectError = { code: "rendering_failed", message: "The audio could not be rendered." };

function errorAt(plan: ProjectPlan, status: string): ProjectError | null {
  if (status === "error") return plan.error ?? stockError;
  return status === "complete" ? plan.error : null;
}
