/** The HTTP server under the simulator's routes. */
import { type FastifyInstance, fastify } from "fastify";
import { sendApiError } from "./api-error.ts";

/** A server without routes, whose own errors have the vendor's body. */
export function simulatorApp(): FastifyInstance {
  // Stalled and kept-alive connections must not hold up close(). A file name may fill a long path.
  const app = fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 4096 },
  });
  // Bodies are read as text whatever their type: the create routes parse them, and an empty DELETE may claim JSON.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((_request, reply) => sendApiError(reply, "not_found"));
  app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
    const { statusCode = 500, message } = error;
    if (statusCode >= 500) return sendApiError(reply, "internal_server_error", { message });
    return sendApiError(reply, "invalid_request", { status: statusCode, message });
  });
  return app;
}
