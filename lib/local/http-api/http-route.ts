import { apiRoutes, functionTimeoutSeconds, vendorWebhookRoute } from "../../../functions/contract.ts";
import type { HttpFunction } from "../../../functions/http-event.ts";

/** A route of the HTTP API: what answers it, and in which time. */
export interface HttpRoute {
  /** The function behind it. */
  readonly run: HttpFunction;
  /** Seconds that the function may run. */
  readonly timeoutSeconds: number;
}

/** Routes by their keys, as API Gateway writes them: `GET /transfers/{name}`. */
export type HttpRoutes = Readonly<Record<string, HttpRoute>>;

/** The functions behind the product's routes. */
export interface HttpFunctions {
  /** Answers the API's own routes. */
  readonly api: HttpFunction;
  /** Answers the vendor's webhooks. Default: there is no such route. */
  readonly receiveWebhook?: HttpFunction;
}

/** The product's routes, as lib/cloud gives them to API Gateway. */
export function httpRoutes({ api, receiveWebhook }: HttpFunctions): HttpRoutes {
  const own = { run: api, timeoutSeconds: functionTimeoutSeconds.api };
  return {
    ...Object.fromEntries(apiRoutes.map((key) => [key, own])),
    ...(receiveWebhook && {
      [vendorWebhookRoute]: { run: receiveWebhook, timeoutSeconds: functionTimeoutSeconds.receiveWebhook },
    }),
  };
}
