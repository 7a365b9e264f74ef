import { type CleanupContext, decideMarker } from "../domain/cleanup-decision.ts";
import { isOverdue } from "../domain/cleanup-summary.ts";
import { TransferFailed, Unauthorized } from "../domain/errors.ts";
import type { CleanupPolicy } from "../domain/left-marker.ts";
import { type Marker, parseMarker, readMarkerKey } from "../domain/marker.ts";
import type { Log } from "./log.ts";
import type { MagicHour } from "./magic-hour.ts";
import type { ListedMarker, MarkerStore } from "./marker-store.ts";
import type { Workflows } from "./workflows.ts";

/** What handling a marker needs. */
export interface MarkerPorts extends CleanupPolicy {
  /** Where markers are. */
  readonly markers: MarkerStore;
  /** The vendor's API. */
  readonly magicHour: MagicHour;
  /** Step Functions. */
  readonly workflows: Workflows;
  /** ARN of the transfer state machine. */
  readonly stateMachineArn: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Where log lines go. */
  readonly log: Log;
}

/** What became of a marker. */
export interface MarkerOutcome {
  /** Which count it belongs to; `known` where its transfer was started before. */
  readonly count: "started" | "known" | "waiting" | "givenUp" | "unreadable";
  /** Whether it is a deletion that was asked for more than 24 hours ago. */
  readonly overdue: boolean;
}

/**
 * Does what a marker asks for. Can run any number of times, also at once: what it starts and what it writes have names that
 * make a second time harmless.
 * @throws {WorkflowsUnavailable | StoreUnavailable | TransferFailed} when Step Functions or S3 fail or refuse
 */
export async function sweepMarker(listed: ListedMarker, ports: MarkerPorts): Promise<MarkerOutcome> {
  const { markers, log } = ports;
  const body = readMarkerKey(listed.key) && (await markers.read(listed));
  const marker = body === undefined ? undefined : parseMarker({ key: listed.key, body });
  if (!marker) {
    log.warn("unreadable marker", { key: listed.key });
    return { count: "unreadable", overdue: false };
  }
  const overdue = marker.kind === "deletion" && isOverdue(marker.since, ports.now());
  return { count: await act(marker, ports), overdue };
}

async function act(marker: Marker, ports: MarkerPorts): Promise<MarkerOutcome["count"]> {
  const { markers, workflows, stateMachineArn, log } = ports;
  const { id, kind } = marker;
  const observation = kind === "recheck" ? await look(id, ports) : undefined;
  const decision = decideMarker(marker, contextOf(ports, observation));
  switch (decision.kind) {
    case "start": {
      const isNew = await workflows.start(stateMachineArn, decision.name, decision.input);
      log.info("started", { execution: decision.name, id, kind });
      return isNew ? "started" : "known";
    }
    case "wait":
      await markers.write(decision.next);
      log.info("waiting", { id, kind, due: new Date(decision.next.due).toISOString() });
      return "waiting";
    case "give-up":
      log.warn("given up", { id, kind, since: new Date(marker.since).toISOString() });
      return "givenUp";
  }
}

function contextOf(ports: MarkerPorts, observation: CleanupContext["observation"]): CleanupContext {
  const { recheckDays, deleteAfterDays } = ports;
  return { recheckDays, deleteAfterDays, observation, now: ports.now() };
}

/** A GET of the project. A refused key or account may be cured before all is over: it is waited for like an outage. */
async function look(id: string, { magicHour, log }: MarkerPorts): Promise<CleanupContext["observation"]> {
  try {
    return await magicHour.getProject(id);
  } catch (error) {
    if (error instanceof TransferFailed) return undefined;
    if (!(error instanceof Unauthorized)) throw error;
    log.warn("refused by the vendor", { id, error: error.name, reason: error.message });
    return { kind: "unavailable", reason: error.message };
  }
}
