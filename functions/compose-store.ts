import { createOutputStore, type OutputStore } from "./adapters/output-store.ts";
import { createS3Client } from "./adapters/s3-client.ts";
import { environmentNames } from "./contract.ts";
import { type Environment, requireVariable } from "./environment.ts";

/** The output store, from the environment. */
export function composeStore(environment: Environment): OutputStore {
  return createOutputStore(createS3Client(environment), requireVariable(environment, environmentNames.bucket));
}
