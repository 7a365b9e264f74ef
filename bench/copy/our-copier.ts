import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCheckStatus } from "../../functions/check-status.ts";
import { copyingNodeOptions, defaultMaxOutputBytes, environmentNames } from "../../functions/contract.ts";
import { defaultDirectoryOf } from "../../functions/domain/input.ts";
import { lambdaHost } from "../../functions/host.ts";
import type { Copier } from "./copier.ts";
import { projectIdOf } from "./origin-address.ts";
import { copierEnvironment, type Stage } from "./stage.ts";

/** The real `Download outputs`, from its deployed bundle, with the state that the real `Check status` leaves. */
export function ourCopier(stage: Stage): Copier {
  const { origin, bundles, directory } = stage;
  const silent = { ...lambdaHost, sink: { info: () => undefined, warn: () => undefined } };
  const vendor = {
    [environmentNames.baseUrl]: origin.url,
    [environmentNames.apiKey]: "bench",
    [environmentNames.guardExceptions]: origin.url,
  };
  const checkStatus = createCheckStatus(vendor, silent);
  return {
    name: "ours",
    keyPrefix: (job) => `${defaultDirectoryOf(projectIdOf(job))}/`,
    async prepare(job) {
      const id = projectIdOf(job);
      const execution = { name: id, startedAt: new Date().toISOString() };
      const state = await checkStatus({ execution, input: { id } }, { getRemainingTimeInMillis: () => 45_000 });
      const stateFile = join(directory, `${id}.json`);
      await writeFile(stateFile, JSON.stringify(state));
      return {
        commands: [[process.execPath, bundles.ours, bundles.function, stateFile]],
        environment: {
          ...copierEnvironment(stage),
          ...vendor,
          [environmentNames.bucket]: job.bucket,
          [environmentNames.maxOutputBytes]: String(defaultMaxOutputBytes),
          // As lib/cloud sets it for this function.
          NODE_OPTIONS: copyingNodeOptions,
        },
      };
    },
  };
}
