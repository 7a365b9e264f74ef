/**
 * The events of simulated projects that the vendor tells by webhook: which there are, from when on, and what they say.
 * Source: https://docs.magichour.ai/webhook-reference (`audio.started`, `audio.completed`, `audio.errored`; none for
 * `canceled`). This file is pure.
 */
import { type Download, endsAt, projectBody, type SimulatedProject, startsAt, statusAt } from "./simulated-project.ts";

/** The vendor's types of events of audio projects. */
export type WebhookEventType = "audio.started" | "audio.completed" | "audio.errored";

/** Something that happened to a project. */
export interface WebhookEvent {
  readonly type: WebhookEventType;
  readonly projectId: string;
}

/** An event that a project's plan leads to. */
export interface PlannedEvent {
  readonly type: WebhookEventType;
  /** When it happens, in milliseconds since the epoch. */
  readonly at: number;
}

/** The events that a project's plan leads to, in their order: at most its start and its end. A deleted one has none. */
export function plannedEvents(project: SimulatedProject): readonly PlannedEvent[] {
  const { endIn } = project.plan;
  if (project.deleted || endIn === "draft" || endIn === "queued") return [];
  const started = { type: "audio.started", at: startsAt(project) } as const;
  const end = endOf.get(endIn);
  return end === undefined ? [started] : [started, { type: end, at: endsAt(project) }];
}

const endOf: ReadonlyMap<string, WebhookEventType> = new Map([
  ["complete", "audio.completed"],
  ["error", "audio.errored"],
]);

/** The body of a webhook at `now`: the event's type, and the project as a GET would show it. */
export function webhookBody(
  { type }: WebhookEvent,
  project: SimulatedProject,
  { now, signDownloads }: { now: number; signDownloads: (project: SimulatedProject) => readonly Download[] },
): string {
  const isShown = statusAt(project, now) === "complete" && project.completeAnswers >= project.plan.withoutDownloads;
  return JSON.stringify({ type, payload: projectBody(project, now, isShown ? signDownloads(project) : []) });
}
