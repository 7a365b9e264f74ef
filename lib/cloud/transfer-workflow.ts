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
  Wait,
  WaitTime,
} from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { functionTimeoutSeconds } from "../../functions/contract.ts";
import { passingErrorNames, type TerminalErrorName, terminalErrorNames } from "../../functions/domain/errors.ts";
import { beginState, lambdaTask, namedFailure, unnamedFailure } from "./lambda-task.ts";
import {
  killedErrors,
  lambdaServiceErrors,
  whenInterrupted,
  whenKilled,
  whenLambdaFails,
  whenThrottled,
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
  /** What leaves a marker for the cleanup. */
  readonly scheduleCleanup: IFunction;
  /** The start of the deliveries. */
  readonly notify: IFunction;
  /** Whether the cleanup deletes remote projects some days after the copy: then every copy leaves a marker. */
  readonly retention: boolean;
}

/** The state that is entered when no marker could be left for the cleanup; an alarm counts its name in the log. */
export const notScheduledState = "Cleanup not scheduled";

/** The state that is entered when not all deliveries could be started; an alarm counts its name in the log. */
export const notAnnouncedState = "Not announced";

/** The failure that the cleanup looks into again: the remote job may still finish. */
const recheckedFailure: TerminalErrorName = "DeadlineExceeded";

/** What all other errors end as. */
const otherwise: TerminalErrorName = "TransferFailed";

/**
 * The definition of the transfer workflow (Standard, JSONPath). Its state is `TransferState` of functions/contract.ts:
 * every function takes it whole and returns it whole.
 */
export class TransferWorkflow extends Construct {
  /** For a `StateMachine`. */
  readonly definition: DefinitionBody;

  constructor(scope: Construct, id: string, props: TransferWorkflowProps) {
    super(scope, id);
    const done = new Succeed(this, "Done", { outputPath: "$.output" });
    const notify = this.notify(props.notify, done);
    const scheduleCleanup = this.scheduleCleanup(props.scheduleCleanup, notify);

    const checkStatus = this.task("Check status", props.checkStatus, functionTimeoutSeconds.checkStatus);
    const download = this.task("Download outputs", props.downloadOutputs, functionTimeoutSeconds.downloadOutputs);
    const deletion = this.task("Delete project", props.deleteProject, functionTimeoutSeconds.deleteProject);

    const wait = new Wait(this, "Wait", { time: WaitTime.secondsPath("$.check.waitSeconds") });
    const isStillPending = Condition.stringEquals("$.output.verdict", "pending");
    const isRechecked = Condition.stringEquals("$.failure.error", recheckedFailure);
    const settled = new Choice(this, "Settled?")
      .when(Condition.stringEquals("$.check.next", "wait"), wait.next(checkStatus))
      .when(Condition.stringEquals("$.check.next", "download"), download)
      .when(Condition.and(Condition.stringEquals("$.check.next", "done"), isStillPending), done)
      .when(Condition.stringEquals("$.check.next", "done"), notify)
      // Below this line it is "fail", so there is a failure: a condition on a path that is not there is an error.
      .when(isRechecked, scheduleCleanup)
      .otherwise(notify);
    const deleteAsked = new Choice(this, "Delete asked?")
      .when(Condition.booleanEquals("$.transfer.deleteAfterDownload", true), deletion)
      .otherwise(props.retention ? scheduleCleanup : notify);
    const moreOutputs = new Choice(this, "More outputs?")
      .when(Condition.booleanEquals("$.copy.more", true), download)
      .otherwise(deleteAsked);

    checkStatus.next(settled);
    download.next(moreOutputs);
    deletion.next(notify);
    // Copied but not deleted is not a failure: `deleted` stays "pending" in the output, and the cleanup finishes it.
    const passing = [...passingErrorNames, ...killedErrors, ...lambdaServiceErrors];
    deletion.addCatch(scheduleCleanup, { errors: passing, resultPath: "$.caught" });
    this.catchAll({ copying: [checkStatus, download], deleting: deletion }, { scheduleCleanup, notify });

    this.definition = DefinitionBody.fromChainable(beginState(this).next(checkStatus));
  }

  /** Every end passes here. What becomes of the deliveries never changes how the transfer ends. */
  private notify(lambdaFunction: IFunction, done: IChainable): IChainable {
    const failed = new Fail(this, "Failed", {
      errorPath: "$.failure.error",
      causePath: "$.failure.detail.errorMessage",
    });
    const succeeded = new Choice(this, "Succeeded?").when(Condition.isPresent("$.failure"), failed).otherwise(done);
    const notAnnounced = new Pass(this, notAnnouncedState);
    const task = this.task("Notify", lambdaFunction, functionTimeoutSeconds.notify);
    task.addCatch(notAnnounced.next(succeeded), { errors: ["States.ALL"], resultPath: "$.caught" });
    task.next(succeeded);
    return task;
  }

  /** What is left to the cleanup. That it could not be left is alarmed, and never changes how the transfer ends. */
  private scheduleCleanup(lambdaFunction: IFunction, notify: IChainable): TaskStateBase {
    const task = this.task("Schedule cleanup", lambdaFunction, functionTimeoutSeconds.scheduleCleanup);
    const notScheduled = new Pass(this, notScheduledState);
    task.addCatch(notScheduled.next(notify), { errors: ["States.ALL"], resultPath: "$.caught" });
    task.next(notify);
    return task;
  }

  private task(name: string, lambdaFunction: IFunction, seconds: number) {
    const retries = [whenThrottled, whenLambdaFails, whenUnavailable, whenInterrupted, whenKilled];
    return lambdaTask(this, name, { lambdaFunction, seconds, retries });
  }

  /** Every error ends FAILED under a name of the family and with a cause that is a sentence. */
  private catchAll(
    tasks: { copying: readonly TaskStateBase[]; deleting: TaskStateBase },
    { scheduleCleanup, notify }: { scheduleCleanup: IChainable; notify: IChainable },
  ) {
    const named = namedFailure(this, "Named failure");
    const usedUp = namedFailure(this, "Attempts used up", otherwise);
    const unnamed = unnamedFailure(this, "Unnamed failure", otherwise);
    // Which of these may be better another time, the function knows by name: a refused key may, a refused copy may not.
    for (const pass of [named, usedUp]) pass.next(scheduleCleanup);
    // A step that crashed did so three times, and would again: too much for its memory, say.
    unnamed.next(notify);
    for (const task of tasks.copying) task.addCatch(usedUp, { errors: [...passingErrorNames], resultPath: "$.caught" });
    for (const task of [...tasks.copying, tasks.deleting]) {
      task.addCatch(named, { errors: [...terminalErrorNames], resultPath: "$.caught" });
      task.addCatch(unnamed, { errors: ["States.ALL"], resultPath: "$.caught" });
    }
  }
}
