import { open } from "node:fs/promises";
import { lambdaHost } from "../../functions/host.ts";
import { type WatchedDelivery, watchDeliveries } from "./delivery-watch.ts";
import { type EmbeddedCloudOptions, startEmbeddedCloud } from "./embedded-cloud.ts";
import { localStateMachineArn } from "./local-machines.ts";
import type { ObjectStoreOptions } from "./object-store/object-store.ts";
import type { ExecutionDescription } from "./workflows/execution.ts";
import type { WorkflowEvent } from "./workflows/workflow-event.ts";

/** One transfer on an embedded cloud that lives as long as it. */
export interface TransferRun
  extends Pick<EmbeddedCloudOptions, "directory" | "vendor" | "guardExceptions" | "webhooks" | "signingSecret"> {
  /** Gives the execution's input, once everything is up: a simulated project begins with it. */
  readonly input: () => Readonly<Record<string, unknown>>;
  /** Hears of every event of the transfer workflow. */
  readonly onEvent: (event: WorkflowEvent) => void;
  /** Flips one byte of the first output that is stored, to see that nothing unverified is deleted. Default false. */
  readonly corruptOneByte?: boolean;
  /** Stops the execution. */
  readonly signal?: AbortSignal;
}

/** How a run ended. */
export interface TransferRunEnd {
  /** The transfer. */
  readonly transfer: ExecutionDescription;
  /** Its deliveries, as far as they came. */
  readonly deliveries: readonly WatchedDelivery[];
}

/** Log lines of the functions go nowhere: a person follows the workflow's events instead. */
const silent = { info: () => undefined, warn: () => undefined };

/** Longest wait for a delivery's next attempt, in seconds: the second attempt is waited for (5 s), the third is not (5 min). */
const patienceSeconds = 10;

/** Runs one transfer to its end, lets its deliveries go out, and closes everything; the files stay. */
export async function runTransfer(run: TransferRun): Promise<TransferRunEnd> {
  const { directory, vendor, guardExceptions = [], webhooks = [], signingSecret, corruptOneByte = false, signal } = run;
  const watch = watchDeliveries(patienceSeconds);
  const cloud = await startEmbeddedCloud({
    directory,
    vendor,
    guardExceptions,
    webhooks,
    ...(signingSecret !== undefined && { signingSecret }),
    host: { ...lambdaHost, sink: silent },
    workflows: {
      onEvent: (execution, event) => {
        watch.onEvent(execution, event);
        if (execution.stateMachineArn === localStateMachineArn) run.onEvent(event);
      },
    },
    ...(corruptOneByte && { storeFaults: { afterWrite: corruptFirst() } }),
  });
  try {
    const { workflows } = cloud;
    const { executionArn } = workflows.start({
      stateMachineArn: localStateMachineArn,
      input: JSON.stringify(run.input()),
    });
    const stop = () => workflows.stop(executionArn, { error: "Stopped", cause: "interrupted" });
    signal?.addEventListener("abort", stop);
    const transfer = await workflows.completion(executionArn);
    signal?.removeEventListener("abort", stop);
    return { transfer, deliveries: await Promise.race([watch.settled(), none(signal)]) };
  } finally {
    await cloud.close();
  }
}

/** Nobody waits for deliveries after Ctrl-C. Never resolves without one. */
function none(signal: AbortSignal | undefined): Promise<readonly WatchedDelivery[]> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve([]);
    signal?.addEventListener("abort", () => resolve([]));
  });
}

/** Flips the lowest bit of the last byte of the first object written. */
function corruptFirst(): NonNullable<ObjectStoreOptions["afterWrite"]> {
  let isDone = false;
  return async ({ path }) => {
    if (isDone) return;
    isDone = true;
    const file = await open(path, "r+");
    const at = (await file.stat()).size - 1;
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, at);
    await file.write(Buffer.of(byte.readUInt8() ^ 1), 0, 1, at);
    await file.close();
  };
}
