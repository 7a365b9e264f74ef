import { randomBytes } from "node:crypto";
import { type ConfiguredEndpoint, environmentNames } from "../../functions/contract.ts";
import { anyHost } from "../../functions/domain/endpoint-policy.ts";
import type { Environment } from "../../functions/environment.ts";
import type { Host } from "../../functions/host.ts";
import type { BusEvent } from "./event-bus/bus-event.ts";
import { type EventBusEndpoint, startEventBusEndpoint } from "./event-bus/event-bus-endpoint.ts";
import { eventBusArn } from "./event-bus/event-buses.ts";
import { deliveryMachine, localDeliveryStateMachineArn, transferMachine } from "./local-machines.ts";
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
  /** Hears of every event on the bus. */
  readonly onBusEvent?: (event: BusEvent) => void;
  /** Clock, jitter and log of the functions. */
  readonly host: Host;
  /** How workflows run and who hears of it. */
  readonly workflows?: Omit<WorkflowsOptions, "stateMachines">;
  /** Faults of the object store, for tests. */
  readonly storeFaults?: Pick<ObjectStoreOptions, "onRequest" | "afterWrite">;
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
  /** Its S3. */
  readonly store: ObjectStore;
  /** Its EventBridge. */
  readonly eventBus: EventBusEndpoint;
  /** What webhooks are signed with. */
  readonly signingSecret: string;
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
  const { directory, storePort = 0, stepFunctionsPort = 0, onBusEvent, host } = options;
  const transfer = options.transfer ?? (await synthesizeTransfer());
  // Closes, last first, what was started before something that cannot be.
  await using open = new AsyncDisposableStack();
  const close = (started: { close(): Promise<void> }) => started.close();
  const store = open.adopt(
    await startObjectStore({ directory, buckets: [localBucket], port: storePort, ...options.storeFaults }),
    close,
  );
  const eventBus = open.adopt(await startEventBusEndpoint({ ...(onBusEvent && { onEvent: onBusEvent }) }), close);
  const workflows = new Workflows(options.workflows);
  const stepFunctions = open.adopt(await startStepFunctionsEndpoint({ workflows, port: stepFunctionsPort }), close);
  const signingSecret = options.signingSecret ?? newSigningSecret();
  const environment: Environment = {
    ...environmentOf(options, signingSecret),
    AWS_ENDPOINT_URL_S3: store.url,
    AWS_ENDPOINT_URL_SFN: stepFunctions.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: eventBus.url,
    ...options.environment,
  };
  workflows.add(transferMachine({ transfer, environment, host }));
  workflows.add(deliveryMachine({ transfer, environment, host }));
  const running = open.move();
  const parts = { workflows, stepFunctions, store, eventBus, signingSecret, environment };
  return { ...parts, close: () => running.disposeAsync() };
}

function environmentOf(
  { vendor, guardExceptions = [], webhooks = [] }: EmbeddedCloudOptions,
  secret: string,
): Environment {
  return {
    [environmentNames.bucket]: localBucket,
    [environmentNames.apiKey]: vendor.apiKey,
    [environmentNames.baseUrl]: vendor.baseUrl,
    [environmentNames.guardExceptions]: guardExceptions.join(","),
    [environmentNames.endpoints]: JSON.stringify(webhooks),
    [environmentNames.notifyHosts]: anyHost,
    [environmentNames.signingSecret]: secret,
    [environmentNames.eventBus]: localEventBusArn,
    [environmentNames.deliveryStateMachine]: localDeliveryStateMachineArn,
    AWS_REGION: LOCAL_REGION,
    // Requests must be signed, and nobody looks by whom.
    AWS_ACCESS_KEY_ID: "embedded",
    AWS_SECRET_ACCESS_KEY: "embedded",
  };
}
