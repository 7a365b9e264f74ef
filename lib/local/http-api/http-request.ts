import { isUtf8 } from "node:buffer";
import type { FastifyRequest } from "fastify";
import type { HttpEvent } from "../../../functions/http-event.ts";

/**
 * A request as API Gateway hands it to a function: payload format 2.0. The body is text where its bytes are UTF-8, and
 * Base64 otherwise; both give back the very bytes that came, over which a signature may have been made.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function eventOf({ raw, url, params, body }: FastifyRequest, routeKey: string): HttpEvent {
  const query = url.indexOf("?");
  const bytes = body instanceof Buffer && body.length > 0 ? body : undefined;
  const isText = bytes === undefined || isUtf8(bytes);
  return {
    routeKey,
    rawQueryString: query === -1 ? "" : url.slice(query + 1),
    headers: Object.fromEntries(Object.entries(raw.headersDistinct).map(([name, values]) => [name, values?.join(",")])),
    pathParameters: params as Record<string, string>,
    ...(bytes && { body: bytes.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: !isText,
  };
}
