import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { FunctionContext } from "./host.ts";

/**
 * A request as API Gateway hands it to a function: payload format 2.0 of HTTP APIs, as far as functions read it. Names of
 * headers are in lower case, repeated ones are joined by commas; path parameters are decoded, the query string is not.
 * A body is text, or Base64 where `isBase64Encoded` says so.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export type HttpEvent = Pick<
  APIGatewayProxyEventV2,
  "routeKey" | "rawQueryString" | "headers" | "pathParameters" | "body" | "isBase64Encoded"
>;

/** An answer as API Gateway takes it from a function: payload format 2.0 of HTTP APIs. */
export interface HttpAnswer extends Pick<APIGatewayProxyStructuredResultV2, "body"> {
  /** The HTTP status. API Gateway would take 200 where there is none: here it is always said. */
  readonly statusCode: number;
  /** Headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A function behind a route of the HTTP API. */
export type HttpFunction = (event: HttpEvent, context: FunctionContext) => Promise<HttpAnswer>;
