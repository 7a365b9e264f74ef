import type { TransferInput } from "../../functions/domain/input.ts";
import { type ProjectSummary, summarize } from "../../functions/domain/project.ts";
import { type Decision, decide, noPolls } from "../../functions/domain/verdict.ts";
import { unlessAborted } from "./interruptible.ts";
import type { ClientPorts } from "./ports.ts";
import type { ProjectUpdate } from "./results.ts";

/** What one poll found, and what follows. */
export interface Poll {
  /** Where to go from here. */
  readonly decision: Decision;
  /** The vendor's raw word, as last seen; null before it was. */
  readonly status: string | null;
  /** The project as last seen; null before it was. */
  readonly project: ProjectSummary | null;
  /** The same, for whoever watches. */
  readonly update: ProjectUpdate;
}

/**
 * Polls a project by the schedule of the transfer workflow, until what follows is something else than to wait. The last poll
 * has the end.
 * @throws the signal's reason
 * @throws {Unauthorized | TransferFailed} as `getProject`
 */
export async function* pollProject(
  transfer: TransferInput,
  { magicHour, now, random, wait, shortestInterval }: ClientPorts,
  { startedAt, signal }: { readonly startedAt: number; readonly signal: AbortSignal },
): AsyncGenerator<Poll, void, undefined> {
  const { id } = transfer;
  let counts = noPolls;
  let status: string | null = null;
  let project: ProjectSummary | null = null;
  for (;;) {
    const observation = await unlessAborted(signal, () => magicHour.getProject(id));
    const moment = { now: now(), startedAt, random: random(), shortestInterval };
    const decision = decide(observation, { transfer, counts, ...moment });
    const { next, verdict, waitSeconds } = decision;
    counts = decision.counts;
    if (observation.kind === "project") {
      status = observation.project.status;
      project = summarize(observation.project);
    }
    const isWaiting = next === "wait" && waitSeconds !== undefined;
    const update = { id, status, verdict, polls: counts.polls, ...(isWaiting && { waitSeconds }) };
    yield { decision, status, project, update };
    if (!isWaiting) return;
    await wait(waitSeconds, signal);
  }
}
