import { longestDeadlineSeconds, parseInput } from "../../functions/domain/input.ts";
import type { Project } from "../../functions/domain/project.ts";
import { decide, noPolls } from "../../functions/domain/verdict.ts";
import type { DrawnProject } from "./projects.ts";
import { chargeStates, type Watch, type Watcher, watchInLaps } from "./watch.ts";

const transfer = parseInput({ id: "cm1", deadlineSeconds: longestDeadlineSeconds });

/** When all projects are created, in milliseconds since the epoch. */
const created = Date.UTC(2026, 7, 22);

/** What the vendor answers at this time. */
function projectAt({ renderingStart, end }: DrawnProject, time: number): Project {
  const rest = { name: null, type: null, enabled: true, creditsCharged: null, error: null };
  const status = time >= end ? "complete" : time >= renderingStart ? "rendering" : "queued";
  const downloads = status === "complete" ? [{ url: "https://example.com/output.wav" }] : [];
  return { id: transfer.id, status, downloads, createdAt: new Date(created).toISOString(), ...rest };
}

/** Our schedule: the product's own `decide`, poll by poll. */
export const watchByDecide: Watcher = (project, random): Watch => {
  const startedAt = created + project.transferStart * 1_000;
  let counts = noPolls;
  const waitAfter = (time: number): number | null => {
    const context = { transfer, counts, now: created + time * 1_000, startedAt, random: random() };
    const decision = decide({ kind: "project", project: projectAt(project, time) }, context);
    ({ counts } = decision);
    return decision.waitSeconds ?? null;
  };
  return watchInLaps(project, waitAfter, chargeStates);
};
