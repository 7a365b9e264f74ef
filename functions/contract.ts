/**
 * What the workflow and its functions share: the shape of the state and the names of the environment variables. Imported
 * by functions, lib/cloud and lib/local, so that the compiler couples them; imports only the domain.
 */
import type { AttemptRecord, DeliveryOutput } from "./domain/delivery.ts";
import type { DeliveryErrorName } from "./domain/errors.ts";
import type { Failure } from "./domain/failure.ts";
import type { TransferInput } from "./domain/input.ts";
import type { Receipt } from "./domain/receipt.ts";
import type { TransferOutput } from "./domain/transfer-output.ts";
import type { Decision } from "./domain/verdict.ts";

/**
 * The state that runs through the transfer workflow. Every function takes it whole and returns it whole, further along.
 * It holds ids, counts, receipts and verdicts; never a download URL, a key or a secret, because the execution's history
 * keeps everything.
 */
export interface TransferState {
  /** Name of the execution, and its start (UTC, ISO 8601), from the workflow's context. */
  readonly execution: { readonly name: string; readonly startedAt: string };
  /** The execution's input as it was given. */
  readonly input: unknown;
  /** The input after validation; set by the first poll. */
  readonly transfer?: TransferInput;
  /** What the last poll decided. */
  readonly check?: Pick<Decision, "next" | "waitSeconds" | "counts" | "turn">;
  /** Whether outputs are left for another run of the copy, and the receipts so far (as many as the state may hold). */
  readonly copy?: { readonly more: boolean; readonly receipts?: readonly Receipt[] };
  /** Why the transfer fails, when it does. */
  readonly failure?: Failure;
  /** The execution's output as far as it is known. */
  readonly output?: TransferOutput;
}

/** The state that runs through the delivery workflow: one event to one endpoint. */
export interface DeliveryState {
  /** Name of the execution, and its start (UTC, ISO 8601), from the workflow's context. */
  readonly execution: { readonly name: string; readonly startedAt: string };
  /** The execution's input as it was given: a `Delivery`. */
  readonly input: unknown;
  /** The last attempt. */
  readonly attempt?: AttemptRecord;
  /** The execution's output so far: all attempts. */
  readonly output?: DeliveryOutput;
  /** Why the delivery fails, when it does. */
  readonly failure?: Failure<DeliveryErrorName>;
}

/** An endpoint of the stack's configuration, as {@link environmentNames.endpoints} lists it. */
export interface ConfiguredEndpoint {
  /** The receiver's URL. */
  readonly url: string;
  /** ARN of the signing secret for this endpoint alone. Default: the stack's. */
  readonly signingSecretArn?: string;
}

/** The `source` of our events on an event bus. */
export const eventSource = "magic-hour-audio-transfer";

/** Names of the environment variables that the functions read. Set by lib/cloud on AWS and by lib/local elsewhere. */
export const environmentNames = {
  /** Bucket that the outputs go to. */
  bucket: "OUTPUT_BUCKET",
  /** Largest output that is copied, in bytes. */
  maxOutputBytes: "MAX_OUTPUT_BYTES",
  /** ARN of the Secrets Manager secret that holds the vendor's key. */
  apiKeySecret: "MAGIC_HOUR_API_KEY_SECRET_ARN",
  /** The vendor's key itself: for one machine, never set in the cloud. */
  apiKey: "MAGIC_HOUR_API_KEY",
  /** Base URL of the vendor's API. */
  baseUrl: "MAGIC_HOUR_BASE_URL",
  /** The stack's own endpoints: a JSON list of `ConfiguredEndpoint`. Default none. */
  endpoints: "WEBHOOK_ENDPOINTS",
  /** Hosts that an input's `notify` may name, comma-separated, or `*` for every host. Default none. */
  notifyHosts: "NOTIFY_HOSTS",
  /** ARN of the event bus that is told of every transfer. */
  eventBus: "EVENT_BUS_ARN",
  /** ARN of the delivery state machine. */
  deliveryStateMachine: "DELIVERY_STATE_MACHINE_ARN",
  /** ARN of the transfer state machine. */
  transferStateMachine: "TRANSFER_STATE_MACHINE_ARN",
  /** Seconds from a transfer's start to its deadline, unless its input says. Default 86,400. */
  deadlineSeconds: "DEADLINE_SECONDS",
  /** Shortest interval between two polls, in seconds. Default 3. */
  pollIntervalSeconds: "POLL_INTERVAL_SECONDS",
  /** Days after the copy at which the cleanup deletes a remote project that nobody asked to delete. Default never. */
  deleteAfterDays: "DELETE_AFTER_DAYS",
  /** Days for which the cleanup looks again at a project whose transfer failed for what may pass; 0 is never. Default 7. */
  recheckDays: "RECHECK_DAYS",
  /** `true` where the cleanup aborts orphaned uploads: only in a bucket that is the stack's alone. */
  abortOrphanedUploads: "ABORT_ORPHANED_UPLOADS",
  /** ARN of the Secrets Manager secret that the vendor signs its webhooks with. */
  vendorWebhookSecretArn: "VENDOR_WEBHOOK_SECRET_ARN",
  /** That secret itself: for one machine, never set in the cloud. */
  vendorWebhookSecret: "VENDOR_WEBHOOK_SECRET",
  /** What transfers get as input that the vendor's webhook starts, besides the id: a JSON object. Default `{}`. */
  vendorWebhookInput: "VENDOR_WEBHOOK_INPUT",
  /** ARN of the Secrets Manager secret that webhooks are signed with. */
  signingSecretArn: "WEBHOOK_SIGNING_SECRET_ARN",
  /** The signing secrets themselves, separated by blanks: for one machine, never set in the cloud. */
  signingSecret: "WEBHOOK_SIGNING_SECRET",
  /** Origins (`http://127.0.0.1:4010`, comma-separated) free of the guarded adapter's rules: only the embedded cloud sets it. */
  guardExceptions: "GUARDED_HTTP_EXCEPTIONS",
} as const;

/** Routes of the HTTP API, as API Gateway writes route keys. The caller signs with AWS credentials (SigV4). */
export const apiRoutes = [
  "POST /transfers",
  "GET /transfers/{name}",
  "DELETE /transfers/{name}",
  "GET /audio-projects/{id}",
  "DELETE /audio-projects/{id}",
] as const;

/** One of {@link apiRoutes}. */
export type ApiRoute = (typeof apiRoutes)[number];

/** The public route that the vendor's own webhooks come to. */
export const vendorWebhookRoute = "POST /webhooks/magic-hour";

/** Method and path of a route key: `POST` and `/transfers`. */
export function partsOfRoute(route: string): { readonly method: string; readonly path: string } {
  const [method = "", path = ""] = route.split(" ");
  return { method, path };
}

/** Days for which projects are looked at again whose transfer failed for what may pass, unless configured otherwise. */
export const defaultRecheckDays = 7;

/** Where the vendor's API is, unless the environment says otherwise (vendor's OpenAPI file of 2026-08-22). */
export const vendorBaseUrl = "https://api.magichour.ai";

/** Largest output that is copied unless configured otherwise: 16 GiB, in bytes. */
export const defaultMaxOutputBytes = 16 * 1_024 ** 3;

/**
 * Time a function may run, in seconds. A poll takes at most 2 × 15 s (one repeat with a fresh key); the copy and the
 * deletion (which reads everything back) get Lambda's longest, 900 s. Starting deliveries asks Step Functions at most three
 * times for 6 s, all at once; an attempt takes 15 s, and 12 s for its secret. API Gateway waits 30 s for an answer (HTTP
 * API quotas), and the vendor 10 s for that of its webhook.
 */
export const functionTimeoutSeconds = {
  checkStatus: 45,
  downloadOutputs: 900,
  deleteProject: 900,
  notify: 45,
  deliver: 45,
  scheduleCleanup: 45,
  cleanup: 900,
  api: 29,
  receiveWebhook: 9,
} as const;

/**
 * `NODE_OPTIONS` of the functions that move outputs: 1 MiB for each half of V8's young generation. All large buffers lie
 * outside of it, so more only lets garbage pile up: the copy's peak memory went from 136 to 118 MiB, at no cost of processor
 * time (docs/performance.md). Lambda starts Node with a twentieth of the function's memory, 88 MiB here, unless this variable
 * names a size, as others read in its bootstrap for Node 24
 * (https://dev.to/wonderfulsoap/deep-dive-into-aws-lambda-3-official-nodejs-runtime-analysis-43je). And the copy may ask for
 * collections: see `startCollecting`.
 */
export const copyingNodeOptions = "--max-semi-space-size=1 --expose-gc";
