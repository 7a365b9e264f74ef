import { rm } from "node:fs/promises";
import { join } from "node:path";
import { startMagicHourSimulator } from "../../lib/local/simulator/magic-hour-simulator.ts";
import type { ClientName, PollSample } from "./sample.ts";
import { measureClient, nextRun, type Stage } from "./stage.ts";

/** A project that is to be waited for. */
export interface PollTask {
  /** Seconds that it is queued. */
  readonly queuedSeconds: number;
  /** Seconds from its creation to its completion. */
  readonly seconds: number;
}

/**
 * Has a client create a project at a simulator of its own and wait for its result, and counts its polls there.
 * @throws {Error} when it fails
 */
export async function takePollSample(stage: Stage, client: ClientName, task: PollTask): Promise<PollSample> {
  const { queuedSeconds, seconds } = task;
  const arrivals: number[] = [];
  let createdAt = Number.NaN;
  const simulator = await startMagicHourSimulator({
    plan: { queuedSeconds, renderingSeconds: seconds - queuedSeconds },
    onRequest({ method, path }) {
      const now = Date.now();
      if (method === "POST") createdAt = now;
      if (method === "GET" && path.startsWith("/v1/audio-projects/")) arrivals.push(now);
      return undefined;
    },
  });
  const directory = join(stage.directory, `polled-${nextRun()}`);
  try {
    const call = { baseUrl: simulator.url, apiKey: simulator.apiKey, id: null, directory };
    const { measurement, report } = await measureClient(stage, client, call);
    const counted = count(arrivals, createdAt + seconds * 1_000);
    const problems = report.paths.length === 1 ? [] : [`${report.paths.length} outputs are told of`];
    return { client, ...task, ...measurement, ...counted, problems };
  } finally {
    await simulator.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * What polls came to.
 * @param arrivals of GETs, milliseconds since the epoch, in order
 * @param completeAt milliseconds since the epoch
 */
function count(
  arrivals: readonly number[],
  completeAt: number,
): Pick<PollSample, "polls" | "delaySeconds" | "shortestGapSeconds"> {
  const last = arrivals.findIndex((at) => at >= completeAt);
  const polls = arrivals.slice(0, last + 1);
  const gaps = polls.slice(1).map((at, index) => at - (polls[index] ?? at));
  return {
    polls: polls.length,
    delaySeconds: ((polls.at(-1) ?? Number.NaN) - completeAt) / 1_000,
    shortestGapSeconds: Math.min(...gaps) / 1_000,
  };
}
