/**
 * Tells a receiver of what happens to simulated projects. Nothing ticks: what is due by the simulator's clock is sent when
 * one timer, set for the next of it, goes off, and when somebody who moves the clock asks for it.
 */
import { LONGEST_TIMER_MILLISECONDS } from "../workflows/timers.ts";
import type { Download, SimulatedProject } from "./simulated-project.ts";
import { type DeliveryContext, type WebhookAttempt, WebhookDelivery } from "./webhook-delivery.ts";
import { type PlannedEvent, plannedEvents, type WebhookEvent, webhookBody } from "./webhook-event.ts";

/** Whom the simulator tells, as one registers it for an account. */
export interface WebhookOptions {
  /** The receiver. A function is asked at each attempt: for a receiver that starts after the simulator. */
  readonly url: string | (() => string);
  /** What webhooks are signed with: its text, in UTF-8, is the key. At least one character. */
  readonly secret: string;
  /** Events that are lost: never sent. Asked once for each. Default none. */
  readonly lose?: (event: WebhookEvent) => boolean;
}

/** What the sender works on. */
interface SenderContext extends WebhookOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Fresh signed URLs for every output of a project. */
  readonly signDownloads: (project: SimulatedProject) => readonly Download[];
}

/** Sends webhooks, until it is closed. */
export class WebhookSender {
  readonly #context: SenderContext;
  readonly #delivery: DeliveryContext;
  readonly #closing = new AbortController();
  /** Projects of which something is to come. */
  readonly #watched = new Set<SimulatedProject>();
  readonly #happened = new WeakMap<SimulatedProject, Set<string>>();
  readonly #deliveries = new Set<WebhookDelivery>();
  #timer: NodeJS.Timeout | undefined;
  #wakesAt = Number.POSITIVE_INFINITY;

  /** @throws RangeError when the secret is empty; TypeError when the URL is none */
  constructor(context: SenderContext) {
    const { url, secret, now } = context;
    if (secret === "") throw new RangeError("webhooks.secret must have at least one character");
    if (typeof url === "string") new URL(url);
    this.#context = context;
    const signal = this.#closing.signal;
    this.#delivery = { url: typeof url === "string" ? () => url : url, secret, now, signal };
  }

  /** Takes a project's plan into account, a first one or another. What was sent is not sent again. */
  watch(project: SimulatedProject): void {
    this.#watched.add(project);
    for (const { at } of this.#planned(project)) this.#wakeAt(at);
  }

  /** Makes each attempt that is due by now, and waits for the answers, also of attempts that were under way. */
  async sendDue(): Promise<readonly WebhookAttempt[]> {
    if (this.#closing.signal.aborted) return [];
    const now = this.#context.now();
    for (const project of this.#watched) this.#look(project, now);
    for (const delivery of this.#deliveries) {
      if (delivery.dueAt <= now) void this.#attempt(delivery);
      else this.#wakeAt(delivery.dueAt);
    }
    return await Promise.all([...this.#deliveries].flatMap(({ underWay }) => underWay ?? []));
  }

  /** Stops for good: attempts under way are given up. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#closing.abort();
    await Promise.all([...this.#deliveries].map(({ underWay }) => underWay));
  }

  /** A project's events that are not known to have happened. */
  #planned(project: SimulatedProject): readonly PlannedEvent[] {
    const happened = this.#happened.get(project);
    return plannedEvents(project).filter(({ type }) => !happened?.has(type));
  }

  /** Begins a delivery for each of a project's events whose time has come. */
  #look(project: SimulatedProject, now: number): void {
    const planned = this.#planned(project);
    const due = planned.filter(({ at }) => at <= now);
    this.#happened.set(project, new Set([...(this.#happened.get(project) ?? []), ...due.map(({ type }) => type)]));
    for (const { type } of due) {
      const event: WebhookEvent = { type, projectId: project.id };
      if (this.#isLost(event)) continue;
      this.#deliveries.add(new WebhookDelivery(event, webhookBody(event, project, { ...this.#context, now }), now));
    }
    if (due.length === planned.length) this.#watched.delete(project);
    for (const { at } of planned) if (at > now) this.#wakeAt(at);
  }

  /** A `lose` that throws loses nothing: the timer that asks has nobody to tell but the process. */
  #isLost(event: WebhookEvent): boolean {
    try {
      return this.#context.lose?.(event) ?? false;
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
      return false;
    }
  }

  async #attempt(delivery: WebhookDelivery): Promise<void> {
    await delivery.begin(this.#delivery);
    if (delivery.isOver) this.#deliveries.delete(delivery);
    else this.#wakeAt(delivery.dueAt);
  }

  /** Sees to it that the timer goes off by then, at the latest. One that is too long for a timer is set again. */
  #wakeAt(at: number): void {
    if (at >= this.#wakesAt || this.#closing.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#wakesAt = at;
    const delay = Math.min(Math.max(at - this.#context.now(), 0), LONGEST_TIMER_MILLISECONDS);
    this.#timer = setTimeout(() => {
      this.#wakesAt = Number.POSITIVE_INFINITY;
      void this.sendDue();
    }, delay);
  }
}
