/** A receiver of webhooks below HTTP, and attempts to reach it. */
import type { Socket } from "node:net";
import { fixedSigningSecret } from "../../../functions/adapters/signing-secrets.ts";
import { postWebhook, type WebhookPorts } from "../../../functions/adapters/webhook.ts";
import type { Delivery } from "../../../functions/domain/delivery.ts";
import { aDelivery } from "../domain/notifier-fixture.ts";
import { excepted } from "./running-guarded-http.ts";

/** A POST as it arrived. */
export interface ReceivedPost {
  readonly requestLine: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Exactly the bytes that came. */
  readonly body: Buffer;
}

/** The secret that attempts of these tests are signed with. */
export const signingSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** Path and query of the endpoint; what they say must not be told. */
export const secretPath = "/hooks/SECRET?token=SECRET";

/**
 * Runs a receiver until the test is over.
 * @param answer called once a whole request is there; what it writes goes out as it is
 */
export async function runReceiver(answer: (socket: Socket, post: ReceivedPost) => void) {
  const posts: ReceivedPost[] = [];
  const arrived = new WeakMap<Socket, string>();
  const { raw, url, http } = await excepted((socket, piece) => {
    const text = (arrived.get(socket) ?? "") + piece;
    arrived.set(socket, text);
    const post = postOf(text);
    if (!post) return;
    arrived.delete(socket);
    posts.push(post);
    answer(socket, post);
  });
  const clock = { now: Date.now() };
  const endpoint = url + secretPath;
  const attempt = (over: Partial<Delivery> = {}, ports: Partial<WebhookPorts> = {}) =>
    postWebhook(aDelivery({ endpoint, ...over }), {
      http,
      signingSecret: fixedSigningSecret(signingSecret),
      now: () => clock.now,
      ...ports,
    });
  return { raw, url, posts, clock, attempt };
}

/** The request, as soon as all of it is there. */
function postOf(text: string): ReceivedPost | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [requestLine = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const body = Buffer.from(text.slice(end + 4), "latin1");
  return body.length < Number(headers["content-length"]) ? undefined : { requestLine, headers, body };
}
