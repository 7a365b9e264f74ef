/** The function under test, several times: Lambda, too, keeps several environments warm. */
import { createCheckStatus } from "../../../functions/check-status.ts";
import { createDownloadOutputs } from "../../../functions/download-outputs.ts";
import type { Environment } from "../../../functions/environment.ts";
import type { Host, WorkflowFunction } from "../../../functions/host.ts";
import type { Scenario } from "./scenario.ts";

/** How many are kept warm. */
const size = 4;

/**
 * Runs that one serves. The SDK's quota for repeats is 500, and a repeat costs 14 of them: a client that meets nothing but
 * faults for longer would no longer repeat.
 */
const mostRuns = 100;

interface Warm {
  readonly download: WorkflowFunction;
  runs: number;
}

/** Functions in turn. */
export interface FunctionPool {
  readonly checkStatus: WorkflowFunction;
  /** The function that a run calls. */
  take(scenario: Scenario): WorkflowFunction;
}

/**
 * A pool of functions. After a 503 SlowDown the SDK's adaptive mode holds a client to 0.7 of its rate, and one that is young
 * has no rate yet, so that it waits for seconds: such a run gets the oldest, and a new one follows it.
 */
export function functionPool(environment: Environment, host: Host): FunctionPool {
  const create = (): Warm => ({ download: createDownloadOutputs(environment, host), runs: 0 });
  const warm = Array.from({ length: size }, create);
  let turn = 0;
  const renew = (used: Warm) => warm.splice(warm.indexOf(used), 1, create());
  return {
    checkStatus: createCheckStatus(environment, host),
    take(scenario) {
      turn += 1;
      const isThrottled = scenario.store.some(({ does }) => does.includes("SlowDown"));
      const oldest = warm.reduce((one, other) => (one.runs >= other.runs ? one : other));
      const taken = isThrottled ? oldest : (warm[turn % size] ?? oldest);
      taken.runs += 1;
      if (isThrottled || taken.runs >= mostRuns) renew(taken);
      return taken.download;
    },
  };
}
