import { addAbortListener } from "node:events";
import { open } from "node:fs/promises";
import { lambdaHost } from "../../functions/host.ts";
import { type DeliveryWatch, type WatchedDelivery, watchDeliveries } from "./delivery-watch.ts";
import { type EmbeddedCloud, type EmbeddedCloudOptions, startEmbeddedCloud } from "./embedded-cloud.ts";
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
  /** Hears how the transfer ended, before its deliveries are waited for; never, if the run was aborted before it began. */
  readonly onEnd: (transfer: ExecutionDescription) => void;
  /** Flips one byte of the first output that is stored, to see that nothing unverified is deleted. Default false. */
  readonly corruptOneByte?: boolean;
  /** Stops the execution at once, which ends as ABORTED, and the wait for its deliveries. Default never. */
  readonly signal?: AbortSignal;
}

/** Log lines of the functions go nowhere: a person follows the workflow's events instead. */
const silent = { info: () => undefined, warn: () => undefined };

/** Longest wait for a delivery's next attempt, in seconds: the second attempt is waited for (5 s), the third is not (5 min). */
const patienceSeconds = 10;

/**
 * Runs one transfer to its end, lets its deliveries go out, and closes everything; the files stay.
 * @returns its deliveries, as far as they came
 */
export async function runTransfer(run: TransferRun): Promise<readonly WatchedDelivery[]> {
  const { signal = new AbortController().signal } = run;
  if (signal.aborted) return [];
  const watch = watchDeliveries(patienceSeconds);
  const cloud = await startEmbeddedCloud(cloudOptions(run, watch));
  try {
    // It took seconds to start, and the input may create a project.
    if (signal.aborted) return [];
    run.onEnd(await transferOn(cloud, run.input(), signal));
    return await watch.settled(signal);
  } finally {
    await cloud.close();
  }
}

function cloudOptions(run: TransferRun, watch: DeliveryWatch): EmbeddedCloudOptions {
  const { directory, vendor, guardExceptions = [], webhooks = [], signingSecret, corruptOneByte = false } = run;
  return {
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
  };
}

async function transferOn({ workflows }: EmbeddedCloud, input: object, signal: AbortSignal) {
  const { executionArn } = workflows.start({ stateMachineArn: localStateMachineArn, input: JSON.stringify(input) });
  // Unlike an event listener, it hears of an abort before it too.
  using _stopping = addAbortListener(signal, () =>
    workflows.stop(executionArn, { error: "Stopped", cause: "interrupted" }),
  );
  return await workflows.completion(executionArn);
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
