import { createEventBus } from "./adapters/event-bus.ts";
import { createGuardedHttp } from "./adapters/guarded-http.ts";
import { fixedSigningSecret, type SigningSecret, secretsManagerSigningSecret } from "./adapters/signing-secrets.ts";
import { postWebhook } from "./adapters/webhook.ts";
import { environmentNames, eventSource } from "./contract.ts";
import type { Delivery } from "./domain/delivery.ts";
import { endpointKey, isEventBus } from "./domain/endpoint.ts";
import type { Answer } from "./domain/outcome.ts";
import { configuredEndpoints, type Environment, requireVariable } from "./environment.ts";
import type { Host } from "./host.ts";

/** How an attempt is made, from the environment: on an event bus, or by a POST signed with the endpoint's secret. */
export function composeSender(environment: Environment, { now }: Host): (delivery: Delivery) => Promise<Answer> {
  const http = createGuardedHttp({ exceptions: environment[environmentNames.guardExceptions] });
  const fixed = environment[environmentNames.signingSecret];
  const shared = fixed
    ? fixedSigningSecret(fixed)
    : secretsManagerSigningSecret(requireVariable(environment, environmentNames.signingSecretArn), now);
  const bus = createEventBus(environment, eventSource, requireVariable(environment, environmentNames.bucket));
  const own = new Map<string, SigningSecret>();
  for (const { url, signingSecretArn } of configuredEndpoints(environment)) {
    if (signingSecretArn) own.set(endpointKey(url), secretsManagerSigningSecret(signingSecretArn, now));
  }
  return (delivery) =>
    isEventBus(delivery.endpoint)
      ? bus.put(delivery)
      : postWebhook(delivery, { http, signingSecret: own.get(endpointKey(delivery.endpoint)) ?? shared, now });
}
