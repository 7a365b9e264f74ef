import type { FunctionContext } from "../../functions/host.ts";

/** Does something before a function each time it is called: what the world does between two steps. */
export function before<State>(
  deed: () => unknown,
): (
  run: (state: State, context: FunctionContext) => Promise<State>,
) => (state: State, context: FunctionContext) => Promise<State> {
  return (run) => async (state, context) => {
    await deed();
    return run(state, context);
  };
}
