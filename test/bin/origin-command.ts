/** A project whose outputs lie at a misbehaving origin, for the command line: everything else is the simulator's. */
import { environmentNames } from "../../functions/contract.ts";
import { type MagicHourSimulator, startMagicHourSimulator } from "../../lib/local/simulator/magic-hour-simulator.ts";
import type { ProjectPlan } from "../../lib/local/simulator/project-plan.ts";
import type { OriginContent } from "../support/behaviour.ts";
import { type OriginScript, startMisbehavingOrigin } from "../support/misbehaving-origin.ts";
import { projectBody, signedUrl } from "../support/origin-project.ts";

/** A running vendor with one project. */
export interface OriginCommand extends AsyncDisposable {
  readonly id: string;
  readonly simulator: MagicHourSimulator;
  /** What the command line finds it by. */
  readonly environment: Record<string, string>;
}

/** What is particular about the project. */
export interface OriginCommandOptions {
  /** What the origin serves under every path. */
  readonly content: OriginContent;
  /** How the origin misbehaves. */
  readonly script: OriginScript;
  /** Names of the outputs. */
  readonly names: readonly string[];
  /** The project's course. Default complete at once. */
  readonly plan?: Partial<ProjectPlan>;
}

/** Starts the vendor and the origin. */
export async function startOriginCommand({
  content,
  script,
  names,
  plan = { queuedSeconds: 0, renderingSeconds: 0 },
}: OriginCommandOptions): Promise<OriginCommand> {
  const origin = await startMisbehavingOrigin(content, script);
  let gets = 0;
  const simulator = await startMagicHourSimulator({
    onRequest({ method, projectId }) {
      if (method !== "GET" || projectId === undefined) return undefined;
      const { status, deleted } = simulator.project(projectId);
      if (status !== "complete" || deleted) return undefined;
      gets += 1;
      const urls = names.map((name) => signedUrl(origin.url, gets, name));
      return { status: 200, body: projectBody(projectId, urls) };
    },
  });
  const id = simulator.createProject(plan);
  return {
    id,
    simulator,
    environment: {
      [environmentNames.apiKey]: simulator.apiKey,
      [environmentNames.baseUrl]: simulator.url,
      [environmentNames.guardExceptions]: `${simulator.url},${origin.url}`,
    },
    async [Symbol.asyncDispose]() {
      await simulator.close();
      await origin.close();
    },
  };
}
