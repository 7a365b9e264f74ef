import { createCheckStatus } from "../../functions/check-status.ts";
import { functionTimeoutSeconds } from "../../functions/contract.ts";
import { createDeleteProject } from "../../functions/delete-project.ts";
import { createDeliver } from "../../functions/deliver.ts";
import { createDownloadOutputs } from "../../functions/download-outputs.ts";
import type { Environment } from "../../functions/environment.ts";
import type { DeliveryFunction, Host, WorkflowFunction } from "../../functions/host.ts";
import { createNotify } from "../../functions/notify.ts";
import { createScheduleCleanup } from "../../functions/schedule-cleanup.ts";
import type { SynthesizedTransfer } from "./synthesized-transfer.ts";
import { stateMachineArn } from "./workflows/arns.ts";
import type { LambdaFunction } from "./workflows/lambda-invocation.ts";
import { type ReservedConcurrency, reservingConcurrency } from "./workflows/reserved-concurrency.ts";
import type { StateMachineHost } from "./workflows/workflow-runner.ts";

/** ARN of the embedded cloud's transfer state machine. */
export const localStateMachineArn = stateMachineArn("audio-transfer");

/** ARN of its delivery state machine. */
export const localDeliveryStateMachineArn = stateMachineArn("audio-deliveries");

/** What the functions get. */
export interface LocalFunctions {
  /** The workflows. */
  readonly transfer: SynthesizedTransfer;
  /** Environment variables. */
  readonly environment: Environment;
  /** Clock, jitter and log. */
  readonly host: Host;
  /** Reserved concurrency. Default: as many calls at a time as come. */
  readonly concurrency?: FunctionConcurrency;
  /** Something to put around a function: what the world does between two steps. Default nothing. */
  readonly around?: FunctionWrappers;
}

/** How many calls of a function run at a time: those beyond are throttled, as by Lambda. */
export type FunctionConcurrency = Readonly<Partial<Record<"check-status" | "download-outputs", ReservedConcurrency>>>;

/** For each function, what to put around it. */
export interface FunctionWrappers {
  /** Around `check-status`. */
  readonly "check-status"?: (run: WorkflowFunction) => WorkflowFunction;
  /** Around `download-outputs`. */
  readonly "download-outputs"?: (run: WorkflowFunction) => WorkflowFunction;
  /** Around `delete-project`. */
  readonly "delete-project"?: (run: WorkflowFunction) => WorkflowFunction;
  /** Around `schedule-cleanup`. */
  readonly "schedule-cleanup"?: (run: WorkflowFunction) => WorkflowFunction;
  /** Around `notify`. */
  readonly notify?: (run: WorkflowFunction) => WorkflowFunction;
  /** Around `deliver`. */
  readonly deliver?: (run: DeliveryFunction) => DeliveryFunction;
}

const unchanged = <Run>(run: Run): Run => run;

/** The synthesized transfer workflow with its real functions. */
export function transferMachine(options: LocalFunctions): StateMachineHost {
  const { transfer, environment, host, concurrency = {}, around = {} } = options;
  const { definition, functionArns: arns } = transfer;
  const lambda = (name: Exclude<keyof FunctionWrappers, "deliver">, run: WorkflowFunction, timeoutSeconds: number) => {
    const wrapped = (around[name] ?? unchanged)(run);
    const reserved = name in concurrency ? concurrency[name as keyof FunctionConcurrency] : undefined;
    return { [arns[name]]: lambdaFunction(wrapped, timeoutSeconds, reserved) };
  };
  const seconds = functionTimeoutSeconds;
  const functions = {
    ...lambda("check-status", createCheckStatus(environment, host), seconds.checkStatus),
    ...lambda("download-outputs", createDownloadOutputs(environment, host), seconds.downloadOutputs),
    ...lambda("delete-project", createDeleteProject(environment, host), seconds.deleteProject),
    ...lambda("schedule-cleanup", createScheduleCleanup(environment, host), seconds.scheduleCleanup),
    ...lambda("notify", createNotify(environment, host), seconds.notify),
  };
  return { name: "audio-transfer", arn: localStateMachineArn, definition, functions };
}

/** The synthesized delivery workflow with its real function. */
export function deliveryMachine({ transfer, environment, host, around = {} }: LocalFunctions): StateMachineHost {
  const run = (around.deliver ?? unchanged)(createDeliver(environment, host));
  const functions = { [transfer.functionArns.deliver]: lambdaFunction(run, functionTimeoutSeconds.deliver) };
  return {
    name: "audio-deliveries",
    arn: localDeliveryStateMachineArn,
    definition: transfer.deliveryDefinition,
    functions,
  };
}

function lambdaFunction<State>(
  run: (state: State, context: Parameters<LambdaFunction["handler"]>[1]) => Promise<State>,
  timeoutSeconds: number,
  reserved?: ReservedConcurrency,
): LambdaFunction {
  const handler: LambdaFunction["handler"] = (event, context) => run(event as State, context);
  return { handler: reserved ? reservingConcurrency(handler, reserved) : handler, timeoutSeconds };
}
