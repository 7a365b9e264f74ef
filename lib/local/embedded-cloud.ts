import { randomBytes } from "node:crypto";
import { createVendorPacer } from "../../functions/adapters/vendor-pacer.ts";
import { createApi } from "../../functions/api.ts";
import { type CleanupFunction, createCleanup } from "../../functions/cleanup.ts";
import {
  type ConfiguredEndpoint,
  environmentNames,
  functionTimeoutSeconds,
  partsOfRoute,
  vendorWebhookRoute,
} from "../../functions/contract.ts";
import type { CleanupCounts } from "../../functions/domain/cleanup-summary.ts";
import { anyHost } from "../../functions/domain/endpoint-policy.ts";
import type { Environment } from "../../functions/environment.ts";
import type { Host } from "../../functions/host.ts";
import { createReceiveWebhook } from "../../functions/receive-webhook.ts";
import type { BusEvent } from "./event-bus/bus-event.ts";
import { type EventBusEndpoint, startEventBusEndpoint } from "./event-bus/event-bus-endpoint.ts";
import { eventBusArn } from "./event-bus/event-buses.ts";
import type { Rule } from "./event-bus/rule.ts";
import { type HttpApi, startHttpApi } from "./http-api/http-api.ts";
import { httpRoutes } from "./http-api/http-route.ts";
import {
  deliveryMachine,
  type FunctionConcurrency,
  localDeliveryStateMachineArn,
  localStateMachineArn,
  transferMachine,
} from "./local-machines.ts";
import { announcingObjects } from "./object-events.ts";
import { type ObjectStore, type ObjectStoreOptions, startObjectStore } from "./object-store/object-store.ts";
import { type SynthesizedTransfer, synthesizeTransfer } from "./synthesized-transfer.ts";
import { LOCAL_REGION } from "./workflows/arns.ts";
import { type StepFunctionsEndpoint, startStepFunctionsEndpoint } from "./workflows/step-functions-endpoint.ts";
import { Workflows, type WorkflowsOptions } from "./workflows/workflows.ts";

/** Name of the bucket of the embedded cloud. */
export const localBucket = "audio-outputs";

/** ARN of its event bus. */
export const localEventBusArn = eventBusArn("default");

/** What an embedded cloud is made of. */
export interface EmbeddedCloudOptions {
  /** Directory of the object store: an object is the plain file `<directory>/<bucket>/<key>`. */
  readonly directory: string;
  /** The vendor: its API's base URL and a key. A base URL other than https must be among the exceptions. */
  readonly vendor: { readonly baseUrl: string; readonly apiKey: string };
  /** Origins free of the guarded adapter's rules: the simulator's, a webhook receiver's. Default none. */
  readonly guardExceptions?: readonly string[];
  /** Endpoints that are told of every transfer. Default none. */
  readonly webhooks?: readonly ConfiguredEndpoint[];
  /** What webhooks are signed with, as a signing secret's text. Default a random one: see `signingSecret`. */
  readonly signingSecret?: string;
  /** Port of the object store on 127.0.0.1. Default 0: any free one. */
  readonly storePort?: number;
  /** Port of Step Functions on 127.0.0.1. Default 0: any free one. */
  readonly stepFunctionsPort?: number;
  /** Port of the HTTP API on 127.0.0.1. Default 0: any free one. */
  readonly httpApiPort?: number;
  /** What the vendor signs its webhooks with. Default a random text: see `vendorWebhookSecret`. */
  readonly vendorWebhookSecret?: string;
  /** Hears of every event on the bus, those of the object store's S3 among them. */
  readonly onBusEvent?: (event: BusEvent) => void;
  /** Rules of the event bus from the start: `eventBus.addRule` adds more. Default none. */
  readonly rules?: readonly Rule[];
  /** Clock, jitter and log of the functions. */
  readonly host: Host;
  /** How workflows run and who hears of it. */
  readonly workflows?: Omit<WorkflowsOptions, "stateMachines">;
  /** Faults of the object store, for tests. */
  readonly storeFaults?: Pick<ObjectStoreOptions, "onRequest" | "afterWrite">;
  /** Reserved concurrency of its functions. Default: as many calls at a time as come. */
  readonly concurrency?: FunctionConcurrency;
  /** More environment for the functions, for tests: it comes last. */
  readonly environment?: Environment;
  /** Workflows synthesized before, so that many clouds in one process need only one synthesis. */
  readonly transfer?: SynthesizedTransfer;
}

/** A running embedded cloud: the synthesized workflows, the real functions, an object store, an event bus; no AWS. */
export interface EmbeddedCloud {
  /** Its executions, of both state machines. */
  readonly workflows: Workflows;
  /** The same over HTTP. */
  readonly stepFunctions: StepFunctionsEndpoint;
  /** Its HTTP API, and the route that the vendor's webhooks come to. */
  readonly httpApi: HttpApi;
  /** One pass of the cleanup, as the schedule runs it. @throws what stopped the pass */
  cleanup(): Promise<Readonly<CleanupCounts>>;
  /** Its S3. */
  readonly store: ObjectStore;
  /** Its EventBridge. */
  readonly eventBus: EventBusEndpoint;
  /** What webhooks are signed with. */
  readonly signingSecret: string;
  /** Where the vendor's webhooks come to. */
  readonly vendorWebhookUrl: string;
  /** What the vendor signs its webhooks with. */
  readonly vendorWebhookSecret: string;
  /** The environment its functions got. */
  readonly environment: Environment;
  /** Aborts running executions and closes everything. The files stay. */
  close(): Promise<void>;
}

/** A signing secret made up for one embedded cloud: 32 random bytes. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/** Starts an embedded cloud. @throws {Error} of Node, with its `port`, if a port is taken; then nothing is left open */
export async function startEmbeddedCloud(options: EmbeddedCloudOptions): Promise<EmbeddedCloud> {
  const { directory, storePort = 0, stepFunctionsPort = 0, onBusEvent, rules = [], concurrency = {} } = options;
  // All functions are one process, and so see all that the vendor answers.
  const host = { pacer: createVendorPacer(options.host), ...options.host };
  const transfer = options.transfer ?? (await synthesizeTransfer());
  // Closes, last first, what was started before something that cannot be.
  await using open = new AsyncDisposableStack();
  const close = (started: { close(): Promise<void> }) => started.close();
  const eventBus = open.adopt(
    await startEventBusEndpoint({ rules, ...(onBusEvent && { onEvent: onBusEvent }) }),
    close,
  );
  const afterWrite = announcingObjects(eventBus, options.storeFaults?.afterWrite);
  const store = open.adopt(
    await startObjectStore({ directory, buckets: [localBucket], port: storePort, ...options.storeFaults, afterWrite }),
    close,
  );
  const workflows = new Workflows(options.workflows);
  const stepFunctions = open.adopt(await startStepFunctionsEndpoint({ workflows, port: stepFunctionsPort }), close);
  const { signingSecret = newSigningSecret(), vendorWebhookSecret = newSigningSecret() } = options;
  const environment: Environment = {
    ...environmentOf(options),
    [environmentNames.signingSecret]: signingSecret,
    [environmentNames.vendorWebhookSecret]: vendorWebhookSecret,
    AWS_ENDPOINT_URL_S3: store.url,
    AWS_ENDPOINT_URL_SFN: stepFunctions.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: eventBus.url,
    ...options.environment,
  };
  workflows.add(transferMachine({ transfer, environment, host, concurrency }));
  workflows.add(deliveryMachine({ transfer, environment, host }));
  const functions = {
    api: createApi(environment, host),
    receiveWebhook: createReceiveWebhook(environment, host),
  };
  const httpApi = open.adopt(
    await startHttpApi({ routes: httpRoutes(functions), port: options.httpApiPort ?? 0 }),
    close,
  );
  const cleanup = scheduledCleanup(createCleanup(environment, host));
  const running = open.move();
  const vendorWebhookUrl = httpApi.url + partsOfRoute(vendorWebhookRoute).path;
  const parts = { workflows, stepFunctions, httpApi, cleanup, store, eventBus, environment };
  const secrets = { signingSecret, vendorWebhookSecret };
  return { ...parts, ...secrets, vendorWebhookUrl, close: () => running.disposeAsync() };
}

/** A pass as EventBridge triggers it, in the time that the function has. */
function scheduledCleanup(run: CleanupFunction): EmbeddedCloud["cleanup"] {
  return () => {
    const ends = Date.now() + functionTimeoutSeconds.cleanup * 1_000;
    const scheduled = { source: "aws.events", "detail-type": "Scheduled Event" };
    return run(scheduled, { getRemainingTimeInMillis: () => ends - Date.now() });
  };
}

function environmentOf({ vendor, guardExceptions = [], webhooks = [] }: EmbeddedCloudOptions): Environment {
  return {
    [environmentNames.bucket]: localBucket,
    [environmentNames.apiKey]: vendor.apiKey,
    [environmentNames.baseUrl]: vendor.baseUrl,
    [environmentNames.guardExceptions]: guardExceptions.join(","),
    [environmentNames.endpoints]: JSON.stringify(webhooks),
    [environmentNames.notifyHosts]: anyHost,
    [environmentNames.transferStateMachine]: localStateMachineArn,
    // No other program writes to its bucket.
    [environmentNames.abortOrphanedUploads]: "true",
    [environmentNames.eventBus]: localEventBusArn,
    [environmentNames.deliveryStateMachine]: localDeliveryStateMachineArn,
    AWS_REGION: LOCAL_REGION,
    // Requests must be signed, and nobody looks by whom.
    AWS_ACCESS_KEY_ID: "embedded",
    AWS_SECRET_ACCESS_KEY: "embedded",
  };
}
