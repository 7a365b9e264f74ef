/** The one place where a test makes the simulator misbehave: before a request gets its normal answer. */
import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** A request as the hook sees it, for the API and for downloads alike. */
export interface ArrivedRequest {
  readonly method: string;
  /** The path without its query: a signed URL's query is a secret. */
  readonly path: string;
  /** The project's id as the path has it, known or not; absent when a project is created. */
  readonly projectId?: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
}

/**
 * What happens instead of the normal answer: an answer of the test's own (strings and bytes are sent as they are,
 * other bodies as JSON), a reset connection, or no answer until the client gives up or the simulator closes.
 */
export type SimulatedFault =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string | Uint8Array | object }
  | "reset"
  | "stall";

/** Undefined lets the request pass. A promise delays the answer. An exception is answered with 500. */
export type RequestHook = (request: ArrivedRequest) => SimulatedFault | undefined | Promise<SimulatedFault | undefined>;

/** Shows every request first to `seen` and then to the hook, ahead of authentication and routing. */
export function interceptRequests(
  app: FastifyInstance,
  seen: (request: ArrivedRequest) => void,
  hook: RequestHook | undefined,
): void {
  app.addHook("onRequest", async (request, reply) => {
    const arrived = arrivedRequest(request);
    seen(arrived);
    const fault = await hook?.(arrived);
    if (fault === undefined) return undefined;
    return commit(fault, reply);
  });
}

function arrivedRequest({ method, url, headers }: FastifyRequest): ArrivedRequest {
  const path = url.split("?", 1)[0] ?? url;
  const projectId = /^\/(?:v1\/audio-projects|downloads)\/([^/]+)/.exec(path)?.[1];
  return projectId === undefined ? { method, path, headers } : { method, path, projectId, headers };
}

function commit(fault: SimulatedFault, reply: FastifyReply): FastifyReply {
  if (typeof fault === "object") {
    return reply
      .code(fault.status)
      .headers(fault.headers ?? {})
      .send(fault.body);
  }
  // Hijacked, the reply is ours: fastify neither answers nor times it out.
  reply.hijack();
  if (fault === "reset") reply.raw.socket?.resetAndDestroy();
  return reply;
}
