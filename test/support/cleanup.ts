/** The cleanup on an embedded cloud in virtual time: its passes, its markers and the transfers it starts. */
import { inject } from "vitest";
import { createMarkerStore } from "../../functions/adapters/marker-store.ts";
import { createCleanup } from "../../functions/cleanup.ts";
import type { CleanupCounts } from "../../functions/domain/cleanup-summary.ts";
import { type Marker, parseMarker } from "../../functions/domain/marker.ts";
import type { TransferOutput } from "../../functions/domain/transfer-output.ts";
import type { Environment } from "../../functions/environment.ts";
import type { FunctionContext } from "../../functions/host.ts";
import { localBucket } from "../../lib/local/embedded-cloud.ts";
import { type FunctionWrappers, localStateMachineArn, transferMachine } from "../../lib/local/local-machines.ts";
import type { TransferHarness } from "./transfer-harness.ts";

/** What is different about the workflow of a harness. */
export interface WorkflowChanges {
  /** Whether the stack deletes remote projects some days after their copy. Default false. */
  readonly retention?: boolean;
  /** Something around functions. */
  readonly around?: Omit<FunctionWrappers, "check-status" | "deliver">;
}

/**
 * Lets transfers that begin after time was skipped begin then: the embedded cloud's own clock, which tells when an execution
 * started, is the real one, so that their deadline would be over before their first poll.
 */
export function beginInVirtualTime(
  harness: TransferHarness,
  { retention = false, around }: WorkflowChanges = {},
): void {
  const { cloud, host } = harness;
  const transfer = inject(retention ? "retaining" : "transfer");
  const checkStatus: FunctionWrappers["check-status"] = (run) => (state, context) => {
    const startedAt = new Date(harness.now()).toISOString();
    return run(state.check ? state : { ...state, execution: { ...state.execution, startedAt } }, context);
  };
  const wrappers = { ...around, "check-status": checkStatus };
  cloud.workflows.add(transferMachine({ transfer, environment: cloud.environment, host, around: wrappers }));
}

/** One pass: what triggers it, and the time it has. */
export type Pass = (event?: unknown, context?: FunctionContext) => Promise<Readonly<CleanupCounts>>;

/** A function that has so many seconds left, whenever it asks. Default Lambda's longest, 900. */
export function secondsLeft(seconds = 900): FunctionContext {
  return { getRemainingTimeInMillis: () => seconds * 1_000 };
}

/** What the cleanup's function gets. */
export function cleanupEnvironment(harness: TransferHarness, environment: Environment = {}): Environment {
  return { ...harness.cloud.environment, ...environment };
}

/** The cleanup of a harness. @param environment what is different for it alone */
export function cleanupOf(harness: TransferHarness, environment: Environment = {}): Pass {
  const cleanup = createCleanup(cleanupEnvironment(harness, environment), harness.host);
  return (event = { source: "aws.events" }, context = secondsLeft()) => cleanup(event, context);
}

/** The marker store of a harness, to do there what transfers do. */
export function markerStoreOf(harness: TransferHarness) {
  return createMarkerStore(harness.s3, localBucket);
}

/** All markers that stand, in the order in which they are due, handled or not. */
export async function standingMarkers(harness: TransferHarness): Promise<Marker[]> {
  const keys = await harness.keysBelow("_cleanup/due/");
  const read = keys.map(async (key) => parseMarker({ key, body: (await harness.stored(key)).toString() }));
  return (await Promise.all(read)).filter((marker) => marker !== undefined);
}

/** Lets time pass until the last marker that stands is due, and a second more. */
export async function skipToDue(harness: TransferHarness): Promise<void> {
  const due = (await standingMarkers(harness)).at(-1)?.due ?? 0;
  harness.skip(Math.max(0, due - harness.now()) / 1_000 + 1);
}

/** A transfer that the cleanup started, at its end. */
export interface CleanupTransfer {
  readonly name: string;
  readonly status: string;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly input: Readonly<Record<string, unknown>>;
  /** An empty object cast when it failed. */
  readonly output: TransferOutput;
}

/** All transfers that the cleanup started, oldest first, once they are over. */
export async function cleanupTransfers({ cloud: { workflows } }: TransferHarness): Promise<CleanupTransfer[]> {
  const arns: string[] = [];
  for (let token: string | undefined, first = true; first || token; first = false) {
    const page = workflows.list(localStateMachineArn, { maxResults: 1_000, ...(token && { nextToken: token }) });
    const ours = page.items.filter(({ name }) => name.startsWith("cleanup-"));
    arns.push(...ours.map(({ executionArn }) => executionArn));
    token = page.nextToken;
  }
  const ends = await Promise.all(arns.toReversed().map((arn) => workflows.completion(arn)));
  return ends.map(({ name, status, error, cause, input, output }) => {
    const parsed = { input: JSON.parse(input), output: JSON.parse(output ?? "{}") as TransferOutput };
    return { name, status, error, cause, ...parsed };
  });
}

/** Types of the events that were announced so far, oldest first. */
export async function announced(harness: TransferHarness): Promise<string[]> {
  return (await harness.deliveries()).map(({ input }) => input.event.type);
}

/** The lines of that message that were logged so far. */
export function linesOf(harness: TransferHarness, message: string): Record<string, unknown>[] {
  return harness.log.filter((line): line is Record<string, unknown> => "message" in line && line.message === message);
}

/** The counts of a pass that did nothing, and what is different. */
export function counts(over: Partial<CleanupCounts> = {}): CleanupCounts {
  const none = { due: 0, started: 0, waiting: 0, givenUp: 0, unreadable: 0, overdueDeletions: 0 };
  return { ...none, failed: 0, uploadsAborted: 0, more: false, ...over };
}
