import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FunctionConcurrency } from "../../lib/local/local-machines.ts";
import type { ProjectPlan } from "../../lib/local/simulator/project-plan.ts";
import type { RateLimit } from "../../lib/local/simulator/rate-limit.ts";
import type { SynthesizedTransfer } from "../../lib/local/synthesized-transfer.ts";
import { startChild } from "./child.ts";
import type { CloudQuestion, CrowdFigures } from "./cloud-program.ts";
import { judgeManifests } from "./judge-manifests.ts";
import type { StoreQuestion } from "./store-program.ts";
import type { CreatedProjects, VendorPlace, VendorQuestion, VendorTraffic } from "./vendor-program.ts";

/** A crowd to send through an embedded cloud. */
export interface Crowd {
  /** Transfers at once. */
  readonly projects: number;
  /** Seconds until each project is complete. */
  readonly renderingSeconds: number;
  /** The vendor's limit. Default none. */
  readonly rateLimit?: RateLimit;
}

/** What became of it. */
export interface CrowdResult extends CrowdFigures {
  readonly traffic: VendorTraffic;
  /** What is wrong with transfers or with what stands in the store; none is correct. */
  readonly problems: readonly string[];
}

/**
 * At most so many polls and copies at a time, as a stack is told by `maxConcurrentPolls` and `maxConcurrentCopies`. Without a
 * limit the processor is: more would only wait for it. Under one a poll that waits for its turn in the function is one of them,
 * for 2 to 5 s of 50 a second.
 */
const ceilings = {
  unlimited: {
    "check-status": { most: 50, patienceSeconds: 20 },
    "download-outputs": { most: 25, patienceSeconds: 20 },
  },
  limited: {
    "check-status": { most: 250, patienceSeconds: 20 },
    "download-outputs": { most: 50, patienceSeconds: 20 },
  },
} satisfies Record<string, FunctionConcurrency>;

/** V8 lets garbage pile up as long as its heap has room: on a large machine, gigabytes. MiB. */
const cloudOptions = ["--max-old-space-size=704"];

/** One small output: 0.1 s of audio. */
const smallOutput: Partial<ProjectPlan> = { prompt: "Hi", queuedSeconds: 0, sizeBytes: 4_844 };

/** Sends a crowd of transfers through an embedded cloud: vendor, object store and cloud in a process each. */
export async function sendCrowd(
  transfer: SynthesizedTransfer,
  { projects, renderingSeconds, rateLimit }: Crowd,
): Promise<CrowdResult> {
  await using open = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "bench-scale-"));
  open.defer(() => rm(directory, { recursive: true, force: true }));
  const [stored, unused] = [join(directory, "store"), join(directory, "unused")];
  const [vendor, store] = [open.use(startChild("vendor-program.ts")), open.use(startChild("store-program.ts"))];
  const cloud = open.use(startChild("cloud-program.ts", cloudOptions));
  const place = await vendor.ask<VendorPlace>({ kind: "start", rateLimit } satisfies VendorQuestion);
  const storeUrl = await store.ask<string>({ directory: stored } satisfies StoreQuestion);
  const concurrency = rateLimit ? ceilings.limited : ceilings.unlimited;
  const start = { kind: "start", vendor: place, storeUrl, directory: unused, transfer, concurrency } as const;
  await cloud.ask(start satisfies CloudQuestion);
  const plan = { ...smallOutput, renderingSeconds };
  const created = await vendor.ask<CreatedProjects>({ kind: "create", projects, plan } satisfies VendorQuestion);
  const figures = await cloud.ask<CrowdFigures>({ kind: "run", ids: created.ids } satisfies CloudQuestion);
  const traffic = await vendor.ask<VendorTraffic>({ kind: "traffic" } satisfies VendorQuestion);
  const failed = figures.transfers.filter(({ status }) => status !== "SUCCEEDED");
  const problems = failed.map(({ id, status, error }) => `${id}: ${status} ${error ?? ""}`);
  return { ...figures, traffic, problems: [...problems, ...(await judgeManifests(stored, created))] };
}
