/**
 * The HTTP API of the embedded cloud: what API Gateway does for an HTTP API with Lambda functions behind its routes.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
 */
import { type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { partsOfRoute } from "../../../functions/contract.ts";
import type { HttpEvent } from "../../../functions/http-event.ts";
import { eventOf } from "./http-request.ts";
import type { HttpRoute, HttpRoutes } from "./http-route.ts";
import { invokeRoute } from "./invoke-route.ts";

/** What is served, and where. */
export interface HttpApiOptions {
  /** The routes: {@link httpRoutes} of the product's functions, or others. */
  readonly routes: HttpRoutes;
  /** Default 0: any free port. It listens on 127.0.0.1 only. */
  readonly port?: number;
}

/** A running HTTP API. */
export interface HttpApi {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

/** Largest payload, 10 MB (HTTP API quotas). */
const LARGEST_BODY = 10 * 1_024 ** 2;

/** Longest request line and headers in all, in bytes (HTTP API quotas). So no path parameter is longer. */
const LONGEST_HEAD = 10_240;

/** What API Gateway says by itself, by status: JSON with a message, and no problem details. */
const MESSAGES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  413: "Request Entity Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/**
 * Serves an HTTP API on 127.0.0.1. Nobody has to sign; so that no web page in a browser of this machine can start or
 * delete anything, what comes from one is answered 403.
 * @throws {Error} if the port is taken
 */
export async function startHttpApi({ routes, port = 0 }: HttpApiOptions): Promise<HttpApi> {
  const server = fastify({
    bodyLimit: LARGEST_BODY,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    http: { maxHeaderSize: LONGEST_HEAD },
    routerOptions: { maxParamLength: LONGEST_HEAD },
    frameworkErrors: (_error, _request, reply) => say(reply, 400),
  });
  server.removeAllContentTypeParsers();
  // Fastify would refuse a type that it cannot parse; a gateway hands on whatever it is.
  server.addHook("onRequest", async ({ raw }) => {
    raw.headers["content-type"] = "application/octet-stream";
  });
  // Signatures are over the bytes as they came.
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  // An HTTP API has no 405: a route is a method and a path.
  server.setNotFoundHandler((_request, reply) => say(reply, 404));
  server.setErrorHandler((error: { statusCode?: number }, _request, reply) => say(reply, error.statusCode ?? 500));
  for (const [key, route] of Object.entries(routes)) {
    const { method, path } = partsOfRoute(key);
    const url = path.replace(/\{(\w+)\}/g, ":$1");
    server.route({ method, url, handler: (request, reply) => serve(request, reply, key, route) });
  }
  const url = await server.listen({ host: "127.0.0.1", port });
  return { url, close: () => server.close() };
}

async function serve(request: FastifyRequest, reply: FastifyReply, key: string, route: HttpRoute) {
  const event = eventOf(request, key);
  if (Object.values(event.pathParameters ?? {}).includes("")) return say(reply, 404);
  if (isFromWebPage(event)) return say(reply, 403);
  const invocation = await invokeRoute(route, event);
  if (invocation.kind === "late") return say(reply, 503);
  if (invocation.kind === "failed") {
    // Lambda would log it, and the caller would hear no more than this.
    const { error } = invocation;
    process.emitWarning(error instanceof Error ? error : String(error));
    return say(reply, 500);
  }
  const { statusCode, headers = {}, body } = invocation.answer;
  // As bytes: to a text Fastify adds a charset, which API Gateway does not.
  return reply
    .code(statusCode)
    .headers(headers)
    .send(body === undefined ? undefined : Buffer.from(body));
}

/**
 * Whether a request may be a web page's: a browser adds an Origin to all that could change something, and a page whose
 * name was bound to 127.0.0.1 (DNS rebinding) still has its own name as Host.
 */
function isFromWebPage({ headers: { origin, host = "" } }: HttpEvent): boolean {
  return origin !== undefined || !/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/i.test(host);
}

function say(reply: FastifyReply, status: number): FastifyReply {
  const known = MESSAGES[status] === undefined ? 400 : status;
  return reply.code(known).send({ message: MESSAGES[known] });
}
