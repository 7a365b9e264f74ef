/**
 * Step Functions over HTTP, for SDKs and the AWS CLI as they are: the protocol AWS JSON 1.0.
 * Source: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
import { randomUUID } from "node:crypto";
import { type FastifyReply, type FastifyRequest, fastify } from "fastify";
import {
  MissingAuthenticationTokenException,
  SerializationException,
  StepFunctionsFault,
  UnknownOperationException,
} from "./step-functions-faults.ts";
import { OPERATIONS, type Operation } from "./step-functions-operations.ts";
import type { Workflows } from "./workflows.ts";

/** A running endpoint. */
export interface StepFunctionsEndpoint {
  /** `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL_SFN` or an SDK's `endpoint`. */
  readonly url: string;
  /** Aborts running executions and closes every connection. */
  close(): Promise<void>;
}

/** What the endpoint serves, and where. */
export interface StepFunctionsEndpointOptions {
  readonly workflows: Workflows;
  /** Default 0: any free port. It listens on 127.0.0.1 only. */
  readonly port?: number;
}

const CONTENT_TYPE = "application/x-amz-json-1.0";
const TARGET = /^AWSStepFunctions\.(\w+)$/;

/** An input of 262,144 bytes, each escaped as \uXXXX (6 characters), is 1.5 MiB; the other members are small. */
const BODY_BYTES = 2 * 1024 * 1024;

/**
 * Serves Step Functions on 127.0.0.1. Credentials are not checked, but there must be an Authorization header, as
 * every signed request has. The headers it asks for are none that a web page can send across origins unasked.
 * @throws {Error} if the port is taken.
 */
export async function startStepFunctionsEndpoint({
  workflows,
  port = 0,
}: StepFunctionsEndpointOptions): Promise<StepFunctionsEndpoint> {
  const server = fastify({ bodyLimit: BODY_BYTES, forceCloseConnections: true });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  server.setErrorHandler((error, _request, reply) => answerError(reply, error));
  server.setNotFoundHandler(() => {
    throw new UnknownOperationException("Requests go to POST /.");
  });
  server.post("/", (request, reply) => {
    const answer = operationOf(request)(workflows, membersOf(request));
    return send(reply, 200, answer);
  });
  const url = await server.listen({ host: "127.0.0.1", port });
  return {
    url,
    close: async () => {
      workflows.close();
      await server.close();
    },
  };
}

function operationOf({ headers }: FastifyRequest): Operation {
  if (headers.authorization === undefined) throw new MissingAuthenticationTokenException();
  if (headers["content-type"] !== CONTENT_TYPE)
    throw new UnknownOperationException(`Content-Type must be ${CONTENT_TYPE}.`);
  const target = String(headers["x-amz-target"]);
  const name = TARGET.exec(target)?.[1] ?? "";
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (operation === undefined) throw new UnknownOperationException(`The embedded cloud has no operation '${target}'.`);
  return operation;
}

function membersOf({ body }: FastifyRequest): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    throw new SerializationException("The request body is not JSON.");
  }
}

function answerError(reply: FastifyReply, error: unknown): FastifyReply {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (error instanceof StepFunctionsFault) return send(reply, 400, { __type: name, message });
  if (name === "FastifyError") return send(reply, 400, { __type: "SerializationException", message });
  return send(reply, 500, { __type: "InternalFailure", message });
}

function send(reply: FastifyReply, status: number, body: object): FastifyReply {
  return (
    reply
      .status(status)
      .header("content-type", CONTENT_TYPE)
      .header("x-amzn-requestid", randomUUID())
      // As bytes, because Fastify adds a charset to the type of a text.
      .send(Buffer.from(JSON.stringify(body, epochSeconds)))
  );
}

/** AWS JSON writes a time-stamp as seconds since 1970, with its milliseconds behind the point. */
function epochSeconds(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key];
  return original instanceof Date ? original.getTime() / 1000 : value;
}
