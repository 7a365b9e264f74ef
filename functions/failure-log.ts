import { createLog } from "./adapters/log.ts";
import type { FunctionContext, Host } from "./host.ts";

/**
 * Logs what a workflow's function throws, with the name of the execution, and throws it on: Lambda's own line about it has
 * neither the execution nor, in a minified bundle, the error's class.
 */
export function loggingFailures<State extends { readonly execution: { readonly name: string } }>(
  host: Host,
  run: (state: State, context: FunctionContext) => Promise<State>,
): (state: State, context: FunctionContext) => Promise<State> {
  return async (state, context) => {
    try {
      return await run(state, context);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      createLog(host.sink, { execution: state.execution.name }).warn("failed", { error: name, reason: message });
      throw error;
    }
  };
}
