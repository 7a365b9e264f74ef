/**
 * An AWS API over HTTP, for SDKs and the AWS CLI as they are: the protocols AWS JSON 1.0 and 1.1.
 * Source: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html and its sibling
 */
import { randomUUID } from "node:crypto";
import { type FastifyReply, type FastifyRequest, fastify } from "fastify";
import {
  AwsFault,
  MissingAuthenticationTokenException,
  SerializationException,
  UnknownOperationException,
} from "./aws-faults.ts";

/** Runs one operation on the members of its request. A Date in the result is a time-stamp. */
export type JsonOperation = (members: unknown) => object;

/** What an endpoint serves, and where. */
export interface JsonEndpointOptions {
  /** Version of the protocol: the API's own. */
  readonly version: "1.0" | "1.1";
  /** What stands before the operation's name in X-Amz-Target, such as `AWSStepFunctions`. */
  readonly service: string;
  /** The operation of a name; undefined when the embedded cloud has none. */
  readonly operation: (name: string) => JsonOperation | undefined;
  /** Largest request body, in bytes. */
  readonly largestBody: number;
  /** Name of the error for what nobody expected, answered with status 500. */
  readonly internalFault: string;
  /** Port on 127.0.0.1; 0 for any free one. */
  readonly port: number;
}

/** A running endpoint. */
export interface JsonEndpoint {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Closes every connection. */
  close(): Promise<void>;
}

/**
 * Serves an API on 127.0.0.1. Credentials are not checked, but there must be an Authorization header, as every signed
 * request has. The headers it asks for are none that a web page can send across origins unasked.
 * @throws {Error} if the port is taken.
 */
export async function startJsonEndpoint(options: JsonEndpointOptions): Promise<JsonEndpoint> {
  const contentType = `application/x-amz-json-${options.version}`;
  const server = fastify({ bodyLimit: options.largestBody, forceCloseConnections: true });
  const send = (reply: FastifyReply, status: number, body: object): FastifyReply =>
    reply
      .status(status)
      .header("content-type", contentType)
      .header("x-amzn-requestid", randomUUID())
      // As bytes, because Fastify adds a charset to the type of a text.
      .send(Buffer.from(JSON.stringify(body, epochSeconds)));

  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  server.setErrorHandler((error, _request, reply) => {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    if (error instanceof AwsFault) return send(reply, 400, { __type: name, message });
    if (name === "FastifyError") return send(reply, 400, { __type: "SerializationException", message });
    return send(reply, 500, { __type: options.internalFault, message });
  });
  server.setNotFoundHandler(() => {
    throw new UnknownOperationException("Requests go to POST /.");
  });
  server.post("/", (request, reply) => {
    const run = requireOperation(request, contentType, options);
    return send(reply, 200, run(membersOf(request)));
  });
  const url = await server.listen({ host: "127.0.0.1", port: options.port });
  return { url, close: () => server.close() };
}

function requireOperation(
  { headers }: FastifyRequest,
  contentType: string,
  { service, operation }: JsonEndpointOptions,
): JsonOperation {
  if (headers.authorization === undefined) throw new MissingAuthenticationTokenException();
  if (headers["content-type"] !== contentType)
    throw new UnknownOperationException(`Content-Type must be ${contentType}.`);
  const target = String(headers["x-amz-target"]);
  const [of, name = "", ...more] = target.split(".");
  const found = of === service && more.length === 0 ? operation(name) : undefined;
  if (found === undefined) throw new UnknownOperationException(`The embedded cloud has no operation '${target}'.`);
  return found;
}

function membersOf({ body }: FastifyRequest): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    throw new SerializationException("The request body is not JSON.");
  }
}

/** AWS JSON writes a time-stamp as seconds since 1970, with its milliseconds behind the point. */
function epochSeconds(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key];
  return original instanceof Date ? original.getTime() / 1000 : value;
}
