// PLACEHOLDER so that others can run tests meanwhile: the cleanup helper replaces this file whole.
import type { Environment } from "./environment.ts";
import { lambdaHost, onFirstCall, type WorkflowFunction } from "./host.ts";
export function createScheduleCleanup(_environment: Environment, _host = lambdaHost): WorkflowFunction {
  return async (state) => state;
}
export const handler = onFirstCall(createScheduleCleanup);
