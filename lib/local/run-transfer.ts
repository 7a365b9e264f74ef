import { open } from "node:fs/promises";
import { lambdaHost } from "../../functions/host.ts";
import { type EmbeddedCloudOptions, localStateMachineArn, startEmbeddedCloud } from "./embedded-cloud.ts";
import type { ObjectStoreOptions } from "./object-store/object-store.ts";
import type { ExecutionDescription } from "./workflows/execution.ts";
import type { WorkflowEvent } from "./workflows/workflow-event.ts";

/** One transfer on an embedded cloud that lives as long as it. */
export interface TransferRun extends Pick<EmbeddedCloudOptions, "directory" | "vendor" | "guardExceptions"> {
  /** Gives the execution's input, once everything is up: a simulated project begins with it. */
  readonly input: () => Readonly<Record<string, unknown>>;
  /** Hears of every event of the workflow. */
  readonly onEvent: (event: WorkflowEvent) => void;
  /** Flips one byte of the first output that is stored, to see that nothing unverified is deleted. Default false. */
  readonly corruptOneByte?: boolean;
  /** Stops the execution. */
  readonly signal?: AbortSignal;
}

/** Log lines of the functions go nowhere: a person follows the workflow's events instead. */
const silent = { info: () => undefined, warn: () => undefined };

/** Runs one transfer to its end and closes everything; the files stay. */
export async function runTransfer(run: TransferRun): Promise<ExecutionDescription> {
  const { directory, vendor, guardExceptions = [], input, onEvent, corruptOneByte = false, signal } = run;
  const cloud = await startEmbeddedCloud({
    directory,
    vendor,
    guardExceptions,
    host: { ...lambdaHost, sink: silent },
    workflows: { onEvent: (_, event) => onEvent(event) },
    ...(corruptOneByte && { storeFaults: { afterWrite: corruptFirst() } }),
  });
  try {
    const { executionArn } = cloud.workflows.start({
      stateMachineArn: localStateMachineArn,
      input: JSON.stringify(input()),
    });
    signal?.addEventListener("abort", () =>
      cloud.workflows.stop(executionArn, { error: "Stopped", cause: "interrupted" }),
    );
    return await cloud.workflows.completion(executionArn);
  } finally {
    await cloud.close();
  }
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
