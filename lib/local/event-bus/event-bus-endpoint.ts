/**
 * EventBridge over HTTP, for SDKs and the AWS CLI as they are: the operation PutEvents by the protocol AWS JSON 1.1.
 * Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
import { randomUUID } from "node:crypto";
import { type FastifyReply, type FastifyRequest, fastify } from "fastify";
import {
  MissingAuthenticationTokenException,
  SerializationException,
  StepFunctionsFault,
  UnknownOperationException,
} from "../workflows/step-functions-faults.ts";
import type { BusEvent } from "./bus-event.ts";
import { type BusObserver, EventBuses } from "./event-buses.ts";
import { putEvents } from "./put-events.ts";

/** Which buses the endpoint serves, and where. */
export interface EventBusEndpointOptions {
  /** Names of event buses, 1 to 256 of `.-_A-Za-z0-9`. Default `["default"]`, which is there with any others too. */
  readonly buses?: readonly string[];
  /** Default 0: any free port. It listens on 127.0.0.1 only. */
  readonly port?: number;
  /** Hears of every event that reaches a bus. */
  readonly onEvent?: BusObserver;
}

/** A running endpoint. */
export interface EventBusEndpoint {
  /** `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL_EVENTBRIDGE` or an SDK's `endpoint`. */
  readonly url: string;
  /** The newest 1,000 events of all buses, oldest first. The list grows with them. */
  readonly events: readonly BusEvent[];
  /** Closes every connection. */
  close(): Promise<void>;
}

const CONTENT_TYPE = "application/x-amz-json-1.1";

/** Entries of 1 MiB, each byte escaped as \uXXXX (6 characters), are 6 MiB; the other members are small. */
const BODY_BYTES = 8 * 1024 * 1024;

/**
 * Serves EventBridge on 127.0.0.1. Credentials are not checked, but there must be an Authorization header, as every
 * signed request has. The headers it asks for are none that a web page can send across origins unasked.
 * @throws {RangeError} for a name that no event bus can have; {Error} if the port is taken.
 */
export async function startEventBusEndpoint(options: EventBusEndpointOptions = {}): Promise<EventBusEndpoint> {
  const { buses: names = [], port = 0, onEvent } = options;
  const buses = new EventBuses(names, onEvent);
  const server = fastify({ bodyLimit: BODY_BYTES, forceCloseConnections: true });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  server.setErrorHandler((error, _request, reply) => answerError(reply, error));
  server.setNotFoundHandler(() => {
    throw new UnknownOperationException("Requests go to POST /.");
  });
  server.post("/", (request, reply) => {
    requirePutEvents(request);
    return send(reply, 200, putEvents(buses, membersOf(request)));
  });
  const url = await server.listen({ host: "127.0.0.1", port });
  return { url, events: buses.events, close: () => server.close() };
}

function requirePutEvents({ headers }: FastifyRequest): void {
  if (headers.authorization === undefined) throw new MissingAuthenticationTokenException();
  if (headers["content-type"] !== CONTENT_TYPE)
    throw new UnknownOperationException(`Content-Type must be ${CONTENT_TYPE}.`);
  const target = String(headers["x-amz-target"]);
  if (target !== "AWSEvents.PutEvents")
    throw new UnknownOperationException(`The embedded cloud has no operation '${target}'.`);
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
  return send(reply, 500, { __type: "InternalException", message });
}

function send(reply: FastifyReply, status: number, body: object): FastifyReply {
  return (
    reply
      .status(status)
      .header("content-type", CONTENT_TYPE)
      .header("x-amzn-requestid", randomUUID())
      // As bytes, because Fastify adds a charset to the type of a text.
      .send(Buffer.from(JSON.stringify(body)))
  );
}
