import { createCheckStatus } from "../../functions/check-status.ts";
import { environmentNames, functionTimeoutSeconds } from "../../functions/contract.ts";
import { createDeleteProject } from "../../functions/delete-project.ts";
import { createDownloadOutputs } from "../../functions/download-outputs.ts";
import type { Environment } from "../../functions/environment.ts";
import type { Host, WorkflowFunction } from "../../functions/host.ts";
import { type ObjectStore, type ObjectStoreOptions, startObjectStore } from "./object-store/object-store.ts";
import { type SynthesizedTransfer, synthesizeTransfer } from "./synthesized-transfer.ts";
import type { LambdaFunction } from "./workflows/lambda-invocation.ts";
import { Workflows, type WorkflowsOptions } from "./workflows/workflows.ts";

/** Name of the bucket of the embedded cloud. */
export const localBucket = "audio-outputs";

/** ARN of its state machine. */
export const localStateMachineArn = "arn:aws:states:us-east-1:000000000000:stateMachine:audio-transfer";

/** What an embedded cloud is made of. */
export interface EmbeddedCloudOptions {
  /** Directory of the object store: an object is the plain file `<directory>/<bucket>/<key>`. */
  readonly directory: string;
  /** The vendor: its API's base URL and a key. A base URL other than https must be among the exceptions. */
  readonly vendor: { readonly baseUrl: string; readonly apiKey: string };
  /** Origins free of the guarded adapter's rules: the simulator's. Default none. */
  readonly guardExceptions?: readonly string[];
  /** Port of the object store on 127.0.0.1. Default 0: any free one. */
  readonly storePort?: number;
  /** Clock, jitter and log of the functions. */
  readonly host: Host;
  /** How workflows run and who hears of it. */
  readonly workflows?: WorkflowsOptions;
  /** Faults of the object store, for tests. */
  readonly storeFaults?: Pick<ObjectStoreOptions, "onRequest" | "afterWrite">;
  /** More environment for the functions, for tests: it comes last. */
  readonly environment?: Environment;
  /** A workflow synthesized before, so that many clouds in one process need only one synthesis. */
  readonly transfer?: SynthesizedTransfer;
}

/** A running embedded cloud: the synthesized workflow, the real functions, an object store; no AWS. */
export interface EmbeddedCloud {
  /** Its executions: start them with {@link localStateMachineArn}. */
  readonly workflows: Workflows;
  /** Its S3. */
  readonly store: ObjectStore;
  /** The environment its functions got. */
  readonly environment: Environment;
  /** Aborts running executions and closes the store. The files stay. */
  close(): Promise<void>;
}

/** Starts an embedded cloud. */
export async function startEmbeddedCloud(options: EmbeddedCloudOptions): Promise<EmbeddedCloud> {
  const { directory, vendor, guardExceptions = [], storePort = 0, host } = options;
  const transfer = options.transfer ?? (await synthesizeTransfer());
  const store = await startObjectStore({ directory, buckets: [localBucket], port: storePort, ...options.storeFaults });
  const environment: Environment = {
    [environmentNames.bucket]: localBucket,
    [environmentNames.apiKey]: vendor.apiKey,
    [environmentNames.baseUrl]: vendor.baseUrl,
    [environmentNames.guardExceptions]: guardExceptions.join(","),
    AWS_ENDPOINT_URL_S3: store.url,
    AWS_REGION: "us-east-1",
    // The store checks that a request is signed, not by whom.
    AWS_ACCESS_KEY_ID: "embedded",
    AWS_SECRET_ACCESS_KEY: "embedded",
    ...options.environment,
  };
  const workflows = new Workflows({
    ...options.workflows,
    stateMachines: [
      {
        name: "audio-transfer",
        arn: localStateMachineArn,
        definition: transfer.definition,
        functions: localFunctions(transfer, environment, host),
      },
    ],
  });
  const close = async () => {
    workflows.close();
    await store.close();
  };
  return { workflows, store, environment, close };
}

function localFunctions({ functionArns }: SynthesizedTransfer, environment: Environment, host: Host) {
  const lambda = (run: WorkflowFunction, timeoutSeconds: number): LambdaFunction => ({
    handler: (event, context) => run(event as Parameters<WorkflowFunction>[0], context),
    timeoutSeconds,
  });
  return {
    [functionArns["check-status"]]: lambda(createCheckStatus(environment, host), functionTimeoutSeconds.checkStatus),
    [functionArns["download-outputs"]]: lambda(
      createDownloadOutputs(environment, host),
      functionTimeoutSeconds.downloadOutputs,
    ),
    [functionArns["delete-project"]]: lambda(
      createDeleteProject(environment, host),
      functionTimeoutSeconds.deleteProject,
    ),
  };
}
