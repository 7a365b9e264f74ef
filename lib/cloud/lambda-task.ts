import { Duration } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Pass, type RetryProps, Timeout } from "aws-cdk-lib/aws-stepfunctions";
import { LambdaInvoke } from "aws-cdk-lib/aws-stepfunctions-tasks";
import type { Construct } from "constructs";

/**
 * Seconds by which a task outlives its function, so that it is the function's own limit that ends it: a start from cold
 * counts to the task and not to the function.
 */
const taskMargin = 30;

/** What makes a task that calls a function. */
export interface LambdaTaskProps {
  /** The function: it takes the state whole and returns it whole. */
  readonly lambdaFunction: IFunction;
  /** Seconds that the function may run. */
  readonly seconds: number;
  /** What is repeated, and how often. */
  readonly retries: readonly RetryProps[];
}

/** A task that passes the state through a function. */
export function lambdaTask(scope: Construct, name: string, props: LambdaTaskProps): LambdaInvoke {
  const task = new LambdaInvoke(scope, name, {
    lambdaFunction: props.lambdaFunction,
    payloadResponseOnly: true,
    retryOnServiceExceptions: false,
    taskTimeout: Timeout.duration(Duration.seconds(props.seconds + taskMargin)),
  });
  for (const retry of props.retries) task.addRetry(retry);
  return task;
}

/** The state as a workflow begins: the input as it was given, whatever it is, and what the context knows. */
export function beginState(scope: Construct): Pass {
  return new Pass(scope, "Begin", {
    parameters: {
      "input.$": "$",
      execution: { "name.$": "$$.Execution.Name", "startedAt.$": "$$.Execution.StartTime" },
    },
  });
}

/** What a person reads when a function ended without one of our errors: a crash, a time-out, Lambda itself. */
const unnamedMessage =
  "States.Format('a step ended with {}: its cause is in the execution history and in the function log', $.caught.Error)";

/**
 * Turns an error of our own, caught at `$.caught`, into `$.failure`: under its own name, or, where attempts were used up for
 * what may pass, under another one.
 */
export function namedFailure(scope: Construct, id: string, usedUp?: string): Pass {
  return new Pass(scope, id, {
    parameters: {
      ...(usedUp === undefined ? { "error.$": "$.caught.Error" } : { error: usedUp, mayPass: true }),
      "detail.$": "States.StringToJson($.caught.Cause)",
    },
    resultPath: "$.failure",
  });
}

/** Turns any other error, caught at `$.caught`, into `$.failure` under a name of the family. */
export function unnamedFailure(scope: Construct, id: string, error: string): Pass {
  return new Pass(scope, id, {
    // Not the Cause: a time-out may have none, and a missing path would end the execution under another name.
    parameters: { error, detail: { "errorMessage.$": unnamedMessage } },
    resultPath: "$.failure",
  });
}
