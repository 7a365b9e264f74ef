import type { Duration } from "aws-cdk-lib";
import type { HttpStage } from "aws-cdk-lib/aws-apigatewayv2";
import type { IAlarmAction } from "aws-cdk-lib/aws-cloudwatch";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { ByFunction } from "../function-names.ts";

/** A function with its log. */
export interface WatchedFunction {
  /** The function. */
  readonly function: IFunction;
  /** The log that it alone writes. */
  readonly logGroup: ILogGroup;
}

/** What is watched: everything that runs. */
export interface Watched {
  /** The transfer state machine. */
  readonly stateMachine: IStateMachine;
  /** Its log. */
  readonly logGroup: ILogGroup;
  /** The delivery state machine. */
  readonly deliveries: IStateMachine;
  /** All functions. */
  readonly functions: ByFunction<WatchedFunction>;
  /** The cleanup: its schedule, its dead-letter queue, and how an alarm runs it. */
  readonly cleanup: {
    /** Time between two passes, up to a day. */
    readonly interval: Duration;
    /** Passes that failed for good. */
    readonly deadLetterQueue: IQueue;
    /** Runs a pass when an alarm is raised. */
    alarmAction(): IAlarmAction;
  };
  /** The HTTP API, where there is one: its stage, and its access log in JSON with `routeKey` and `status` as texts. */
  readonly api?: { readonly stage: HttpStage; readonly accessLog: ILogGroup } | undefined;
}
