import { functionArn, stateMachineArn } from "../../../../lib/local/workflows/arns.ts";
import type { ExecutionDescription } from "../../../../lib/local/workflows/execution.ts";
import type { LambdaFunction, LambdaHandler } from "../../../../lib/local/workflows/lambda-invocation.ts";
import type { StateMachineHost } from "../../../../lib/local/workflows/workflow-runner.ts";
import { Workflows, type WorkflowsOptions } from "../../../../lib/local/workflows/workflows.ts";

/** States by name; the first one starts. */
type States = Record<string, object>;

/** A Task that calls a function of this name, with a time-out that no test reaches. */
export function task(functionName: string, fields: object): object {
  return { Type: "Task", Resource: functionArn(functionName), TimeoutSeconds: 30, ...fields };
}

/** A state machine named `Machine`; its functions are given by name. */
export function machine(
  states: States,
  functions: Record<string, LambdaHandler | LambdaFunction> = {},
  fields: object = {},
): StateMachineHost {
  const entries = Object.entries(functions).map(([name, handler]) => [functionArn(name), handler] as const);
  return {
    name: "Machine",
    arn: stateMachineArn("Machine"),
    definition: { StartAt: Object.keys(states)[0], States: states, ...fields },
    functions: Object.fromEntries(entries),
  };
}

/** Runs one execution to its end. */
export async function runOnce(
  host: StateMachineHost,
  input: unknown = {},
  options: WorkflowsOptions = {},
): Promise<ExecutionDescription & { readonly workflows: Workflows }> {
  const workflows = new Workflows({ stateMachines: [host], ...options });
  const { executionArn } = workflows.start({ stateMachineArn: host.arn, input: JSON.stringify(input) });
  return { ...(await workflows.completion(executionArn)), workflows };
}

/** The output of an execution that succeeded. */
export function outputOf({ status, output, error, cause }: ExecutionDescription): unknown {
  if (output === undefined) throw new Error(`The execution is ${status}: ${error} ${cause}`);
  return JSON.parse(output);
}

/** An error with a name of its own, as handlers throw. */
export function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
