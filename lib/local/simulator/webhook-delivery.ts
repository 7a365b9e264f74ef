import { postSignedWebhook } from "./signed-webhook.ts";
import type { WebhookEvent } from "./webhook-event.ts";

/** What every attempt needs. */
export interface DeliveryContext {
  /** The receiver, asked at each attempt. An error counts as no answer. */
  readonly url: () => string;
  /** What webhooks are signed with: its text, in UTF-8, is the key. */
  readonly secret: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Gives up what is under way. */
  readonly signal: AbortSignal;
}

/** An attempt to tell of an event, and its answer. */
export interface WebhookAttempt extends WebhookEvent {
  /** From 1. */
  readonly attempt: number;
  /** The answer's status; null when there was none within 10 s. */
  readonly status: number | null;
}

/** For how long a webhook is sent again, in milliseconds. */
const retriedMilliseconds = 24 * 3_600_000;

/**
 * One event on its way: sent until it is answered with 2xx, after 1 s, 2 s, 4 s, 8 s, … for 24 h. The 17th gap, of 2^16 s,
 * would end after them: 17 attempts in all. The body stays as it was, the signature is made for each attempt: the vendor
 * says that a timestamp tells when a webhook was sent, and nothing of the bodies of later attempts.
 * Source: https://docs.magichour.ai/integration/webhook/create-handler
 */
export class WebhookDelivery {
  readonly #event: WebhookEvent;
  readonly #body: string;
  readonly #since: number;
  #attempts = 0;
  #dueAt: number;
  #isOver = false;
  #underWay: Promise<WebhookAttempt> | undefined;

  /** @param since when the event happened, in milliseconds since the epoch: the first attempt is due then */
  constructor(event: WebhookEvent, body: string, since: number) {
    this.#event = event;
    this.#body = body;
    this.#since = since;
    this.#dueAt = since;
  }

  /** When the next attempt is due, in milliseconds since the epoch; infinity while one is under way and after the last. */
  get dueAt(): number {
    return this.#isOver || this.#underWay !== undefined ? Number.POSITIVE_INFINITY : this.#dueAt;
  }

  /** Delivered, or given up. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The attempt that is under way, if one is. */
  get underWay(): Promise<WebhookAttempt> | undefined {
    return this.#underWay;
  }

  /** Makes the next attempt. Never rejects. */
  begin(context: DeliveryContext): Promise<WebhookAttempt> {
    this.#attempts += 1;
    this.#underWay = this.#attempt(context, this.#attempts);
    return this.#underWay;
  }

  async #attempt({ url, secret, now, signal }: DeliveryContext, attempt: number): Promise<WebhookAttempt> {
    const status = await postSignedWebhook({ url, body: this.#body, secret, now: now(), signal });
    const isDelivered = status !== null && status >= 200 && status < 300;
    this.#dueAt = now() + 1_000 * 2 ** (attempt - 1);
    this.#isOver = isDelivered || this.#dueAt > this.#since + retriedMilliseconds;
    this.#underWay = undefined;
    return { ...this.#event, attempt, status };
  }
}
