import { Duration } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import {
  Choice,
  Condition,
  DefinitionBody,
  Fail,
  type IChainable,
  Pass,
  Succeed,
  type TaskStateBase,
  Timeout,
  Wait,
  WaitTime,
} from "aws-cdk-lib/aws-stepfunctions";
import { LambdaInvoke } from "aws-cdk-lib/aws-stepfunctions-tasks";
import { Construct } from "constructs";
import { functionTimeoutSeconds } from "../../functions/contract.ts";
import { passingErrorNames, terminalErrorNames } from "../../functions/domain/errors.ts";
import {
  killedErrors,
  lambdaServiceErrors,
  whenInterrupted,
  whenKilled,
  whenLambdaFails,
  whenUnavailable,
} from "./retry-policies.ts";

/** The functions that the transfer workflow calls. */
export interface TransferWorkflowProps {
  /** One poll. */
  readonly checkStatus: IFunction;
  /** The copy. */
  readonly downloadOutputs: IFunction;
  /** The deletion. */
  readonly deleteProject: IFunction;
}

/**
 * Seconds by which a task outlives its function, so that it is the function's own limit that ends it: a start from cold
 * counts to the task and not to the function.
 */
const taskMargin = 30;

/** What a person reads when a function ended without one of our errors: a crash, a time-out, Lambda itself. */
const unnamedMessage =
  "States.Format('a step ended with {}: its cause is in the execution history and in the function log', $.caught.Error)";

/**
 * The definition of the transfer workflow (Standard, JSONPath). Its state is `TransferState` of functions/contract.ts:
 * every function takes it whole and returns it whole.
 */
export class TransferWorkflow extends Construct {
  /** For a `StateMachine`. */
  readonly definition: DefinitionBody;

  constructor(scope: Construct, id: string, props: TransferWorkflowProps) {
    super(scope, id);
    const failed = new Fail(this, "Failed", {
      errorPath: "$.failure.error",
      causePath: "$.failure.detail.errorMessage",
    });
    const done = new Succeed(this, "Done", { outputPath: "$.output" });

    const checkStatus = this.task("Check status", props.checkStatus, functionTimeoutSeconds.checkStatus);
    const download = this.task("Download outputs", props.downloadOutputs, functionTimeoutSeconds.downloadOutputs);
    const deletion = this.task("Delete project", props.deleteProject, functionTimeoutSeconds.deleteProject);

    const wait = new Wait(this, "Wait", { time: WaitTime.secondsPath("$.check.waitSeconds") });
    const settled = new Choice(this, "Settled?")
      .when(Condition.stringEquals("$.check.next", "wait"), wait.next(checkStatus))
      .when(Condition.stringEquals("$.check.next", "download"), download)
      .when(Condition.stringEquals("$.check.next", "done"), done)
      .otherwise(failed);
    const deleteAsked = new Choice(this, "Delete asked?")
      .when(Condition.booleanEquals("$.transfer.deleteAfterDownload", true), deletion)
      .otherwise(done);
    const moreOutputs = new Choice(this, "More outputs?")
      .when(Condition.booleanEquals("$.copy.more", true), download)
      .otherwise(deleteAsked);

    checkStatus.next(settled);
    download.next(moreOutputs);
    deletion.next(done);
    // Copied but not deleted is not a failure: `deleted` stays "pending" in the output, and the cleanup finishes it.
    const passing = [...passingErrorNames, ...killedErrors, ...lambdaServiceErrors];
    deletion.addCatch(done, { errors: passing, resultPath: "$.caught" });
    this.catchAll({ copying: [checkStatus, download], deleting: deletion }, failed);

    this.definition = DefinitionBody.fromChainable(this.begin().next(checkStatus));
  }

  /** The state as it begins: the input as it was given, whatever it is, and what the context knows. */
  private begin() {
    return new Pass(this, "Begin", {
      parameters: {
        "input.$": "$",
        execution: { "name.$": "$$.Execution.Name", "startedAt.$": "$$.Execution.StartTime" },
      },
    });
  }

  private task(name: string, lambdaFunction: IFunction, seconds: number) {
    const task = new LambdaInvoke(this, name, {
      lambdaFunction,
      payloadResponseOnly: true,
      retryOnServiceExceptions: false,
      taskTimeout: Timeout.duration(Duration.seconds(seconds + taskMargin)),
    });
    return task.addRetry(whenLambdaFails).addRetry(whenUnavailable).addRetry(whenInterrupted).addRetry(whenKilled);
  }

  /** Every error ends FAILED under a name of the family and with a cause that is a sentence. */
  private catchAll(tasks: { copying: readonly TaskStateBase[]; deleting: TaskStateBase }, failed: IChainable) {
    const readCause = { "detail.$": "States.StringToJson($.caught.Cause)" };
    const named = new Pass(this, "Named failure", {
      parameters: { "error.$": "$.caught.Error", ...readCause },
      resultPath: "$.failure",
    });
    const usedUp = new Pass(this, "Attempts used up", {
      parameters: { error: "TransferFailed", ...readCause },
      resultPath: "$.failure",
    });
    const unnamed = new Pass(this, "Unnamed failure", {
      // Not the Cause: a time-out may have none, and a missing path would end the execution under another name.
      parameters: { error: "TransferFailed", detail: { "errorMessage.$": unnamedMessage } },
      resultPath: "$.failure",
    });
    for (const pass of [named, usedUp, unnamed]) pass.next(failed);
    for (const task of tasks.copying) task.addCatch(usedUp, { errors: [...passingErrorNames], resultPath: "$.caught" });
    for (const task of [...tasks.copying, tasks.deleting]) {
      task.addCatch(named, { errors: [...terminalErrorNames], resultPath: "$.caught" });
      task.addCatch(unnamed, { errors: ["States.ALL"], resultPath: "$.caught" });
    }
  }
}
