/** The Magic Hour simulator as a program: it makes projects, and tells what was asked of it. */
import { createHash } from "node:crypto";
import { type MagicHourSimulator, startMagicHourSimulator } from "../../lib/local/simulator/magic-hour-simulator.ts";
import type { ProjectPlan } from "../../lib/local/simulator/project-plan.ts";
import type { ApiTraffic, RateLimit } from "../../lib/local/simulator/rate-limit.ts";
import { answerParent } from "./child.ts";

/** What it is asked. */
export type VendorQuestion =
  | { readonly kind: "start"; readonly rateLimit: RateLimit | undefined }
  | { readonly kind: "create"; readonly projects: number; readonly plan: Partial<ProjectPlan> }
  | { readonly kind: "traffic" };

/** Where it is. */
export interface VendorPlace {
  readonly url: string;
  readonly apiKey: string;
}

/** What it made. */
export interface CreatedProjects {
  readonly ids: readonly string[];
  /** SHA-256 of the one output that each of them has, the same for all. */
  readonly sha256: string;
}

/** What was asked of its API. */
export interface VendorTraffic {
  readonly all: ApiTraffic;
  /** The same without the first minute after the projects were made. */
  readonly afterFirstMinute: ApiTraffic;
}

let simulator: MagicHourSimulator | undefined;
let firstMinute: ApiTraffic | undefined;

function running(): MagicHourSimulator {
  if (simulator) return simulator;
  throw new Error("start comes first");
}

async function create(projects: number, plan: Partial<ProjectPlan>): Promise<CreatedProjects> {
  const vendor = running();
  const ids = Array.from({ length: projects }, () => vendor.createProject(plan));
  setTimeout(() => {
    firstMinute = vendor.traffic();
  }, 60_000);
  const audio = await vendor.output(ids[0] ?? "");
  const hash = createHash("sha256");
  for (const piece of audio.read()) hash.update(piece);
  return { ids, sha256: hash.digest("hex") };
}

function traffic(): VendorTraffic {
  const all = running().traffic();
  const before = firstMinute ?? all;
  const afterFirstMinute = { requests: all.requests - before.requests, throttled: all.throttled - before.throttled };
  return { all, afterFirstMinute };
}

answerParent<VendorQuestion>(async (question) => {
  if (question.kind === "create") return create(question.projects, question.plan);
  if (question.kind === "traffic") return traffic();
  simulator = await startMagicHourSimulator(question.rateLimit ? { rateLimit: question.rateLimit } : {});
  return { url: simulator.url, apiKey: simulator.apiKey } satisfies VendorPlace;
});
