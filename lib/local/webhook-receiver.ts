/**
 * A receiver of Standard Webhooks, as a customer would run one: it verifies by the package that the specification's
 * authors publish, so that it also holds our own signatures to the specification.
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { type FastifyReply, fastify } from "fastify";
import { Webhook } from "standardwebhooks";
import { AnsweredMessages } from "./webhook-receiver/answered-messages.ts";
import { type ReadWebhook, type ReceivedWebhook, readWebhook } from "./webhook-receiver/received-webhook.ts";

export type { ReceivedWebhook } from "./webhook-receiver/received-webhook.ts";

/** What a receiver verifies by, and how it answers. */
export interface WebhookReceiverOptions {
  /** Texts `whsec_<base64>`, at least one; a webhook that any of them verifies is verified. */
  readonly signingSecrets: readonly string[];
  /** Default 0: any free port. It listens on 127.0.0.1 only. */
  readonly port?: number;
  /** Hears of every webhook before it is answered, verified or not. An error it throws becomes a process warning. */
  readonly onWebhook?: (received: ReceivedWebhook) => void;
  /**
   * The status to answer with, 200 to 599. Default 204 for a verified webhook and 401 for another. An error it throws,
   * or another number, becomes a process warning and status 500, as from a receiver that crashed.
   */
  readonly answer?: (received: ReceivedWebhook) => number;
}

/** A running receiver. */
export interface WebhookReceiver {
  /** `http://127.0.0.1:PORT`; any path on it takes webhooks, and each path is an endpoint of its own. */
  readonly url: string;
  /** What came, oldest first: the newest 1,000, verified or not. It grows while the receiver runs. */
  readonly received: readonly ReceivedWebhook[];
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

const KEPT_WEBHOOKS = 1000;

const BODY_BYTES = 1024 * 1024;

/**
 * Starts a receiver. It takes any POST; another method is answered 405, and a body above 1 MiB 413 without a look at
 * it. An attempt made more than 5 minutes from now, by the real clock, is not verified.
 * @throws {RangeError} without a secret; {Error} of the package for one that is not base64; {Error} if the port is taken.
 */
export async function startWebhookReceiver(options: WebhookReceiverOptions): Promise<WebhookReceiver> {
  const { signingSecrets, port = 0, answer = defaultAnswer, onWebhook } = options;
  if (signingSecrets.length === 0) throw new RangeError("signingSecrets must have at least one secret");
  const verifiers = signingSecrets.map((secret) => new Webhook(secret));
  const answered = new AnsweredMessages();
  const received: ReceivedWebhook[] = [];

  const receive = (read: ReadWebhook): { readonly webhook: ReceivedWebhook; readonly status: number } => {
    const { path, messageId, isVerified } = read;
    // Whoever cannot sign could otherwise say that an event was here before.
    const verifiedId = isVerified ? messageId : undefined;
    const webhook = { ...read, isRepeat: verifiedId !== undefined && answered.has(path, verifiedId) };
    const status = statusOf(answer, webhook);
    if (verifiedId !== undefined && status < 300) answered.add(path, verifiedId);
    if (received.push(webhook) > KEPT_WEBHOOKS) received.shift();
    tell(onWebhook, webhook);
    return { webhook, status };
  };

  const server = receiverServer();
  server.post("/*", ({ url, headers, body }, reply) => {
    const [path = url] = url.split("?", 1);
    const bytes = body instanceof Buffer ? body : Buffer.alloc(0);
    const { webhook, status } = receive(readWebhook(path, headers, bytes, verifiers));
    return say(reply, status, status < 400 ? undefined : webhook.problem);
  });
  const url = await server.listen({ host: "127.0.0.1", port });
  return { url, received, close: () => server.close() };
}

/** A server that reads bodies as bytes, whatever their type, and whose errors are sentences. */
function receiverServer() {
  const server = fastify({ bodyLimit: BODY_BYTES, forceCloseConnections: true });
  server.removeAllContentTypeParsers();
  // The signature is over the bytes as they came.
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  server.setNotFoundHandler((_request, reply) =>
    say(reply.header("allow", "POST"), 405, "This is a receiver of webhooks: it takes POST only."),
  );
  server.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
    const { statusCode = 500, message } = error;
    return say(reply, statusCode, statusCode === 413 ? "A webhook has at most 1 MiB here." : message);
  });
  return server;
}

function defaultAnswer({ isVerified }: ReceivedWebhook): number {
  return isVerified ? 204 : 401;
}

function statusOf(answer: (received: ReceivedWebhook) => number, webhook: ReceivedWebhook): number {
  try {
    const status = answer(webhook);
    if (Number.isInteger(status) && status >= 200 && status <= 599) return status;
    throw new RangeError(`answer must give a status from 200 to 599, not ${status}`);
  } catch (error) {
    warn(error);
    return 500;
  }
}

function tell(onWebhook: WebhookReceiverOptions["onWebhook"], webhook: ReceivedWebhook): void {
  try {
    onWebhook?.(webhook);
  } catch (error) {
    warn(error);
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}

function say(reply: FastifyReply, status: number, sentence: string | undefined): FastifyReply {
  if (sentence === undefined) return reply.code(status).send();
  return reply.code(status).type("text/plain; charset=utf-8").send(`${sentence}\n`);
}
