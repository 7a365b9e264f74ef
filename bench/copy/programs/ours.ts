/**
 * Calls the deployed function as its workflow does: `node ours.cjs <the function's bundle> <file with the state>`, again for
 * as long as it says that more is left. The environment is the function's.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { functionTimeoutSeconds, type TransferState } from "../../../functions/contract.ts";
import type { WorkflowFunction } from "../../../functions/host.ts";

const [, program = "", bundle = "", stateFile = ""] = process.argv;
const { handler } = createRequire(program)(bundle) as { readonly handler: WorkflowFunction };

async function copyAll(): Promise<void> {
  let state = JSON.parse(readFileSync(stateFile, "utf8")) as TransferState;
  do {
    const end = Date.now() + functionTimeoutSeconds.downloadOutputs * 1_000;
    state = await handler(state, { getRemainingTimeInMillis: () => end - Date.now() });
  } while (state.copy?.more);
}

// Lambda freezes a function that has answered; here its kept connections would keep the process for a while.
copyAll().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  },
);
