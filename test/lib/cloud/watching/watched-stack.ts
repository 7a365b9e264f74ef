import { App, Duration, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { HttpApi, type HttpStage } from "aws-cdk-lib/aws-apigatewayv2";
import { LambdaAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { DefinitionBody, Pass, StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import type { LastingFunctionName } from "../../../../lib/cloud/function-names.ts";
import type { WatchedFunction } from "../../../../lib/cloud/watching/watched.ts";
import { Watching, type WatchingProps } from "../../../../lib/cloud/watching/watching.ts";

/** What a test changes of what is watched. */
export interface WatchedStackOptions extends Pick<WatchingProps, "alarmTopic"> {
  /** Whether there is an HTTP API, and a route for the vendor's webhooks. Default both. */
  readonly http?: "none" | "api" | "api and webhooks";
  /** Between two passes of the cleanup. Default an hour. */
  readonly interval?: Duration;
  /** The stack's name. Default `Watched`. */
  readonly stackName?: string;
}

const standing: readonly LastingFunctionName[] = [
  "check-status",
  "download-outputs",
  "delete-project",
  "schedule-cleanup",
  "notify",
  "deliver",
  "cleanup",
];

/** A stack in which plain constructs are watched, so that what is tested is the watching alone. */
export function watchedStack(options: WatchedStackOptions = {}): {
  readonly stack: Stack;
  readonly watched: WatchingProps;
  readonly watching: Watching;
} {
  const { http = "api and webhooks", interval = Duration.hours(1), stackName = "Watched", ...props } = options;
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, "Watched", { stackName });
  const names = [...standing, ...{ none: [], api: ["api"], "api and webhooks": ["api", "receive-webhook"] }[http]];
  const functions = Object.fromEntries(names.map((name) => [name, plainFunction(stack, name)])) as Record<
    LastingFunctionName,
    WatchedFunction
  >;
  const machine = (id: string) =>
    new StateMachine(stack, id, { definitionBody: DefinitionBody.fromChainable(new Pass(stack, `${id} passes`)) });
  const watched: WatchingProps = {
    stateMachine: machine("Transfers"),
    logGroup: new LogGroup(stack, "TransfersLog"),
    deliveries: machine("Deliveries"),
    functions,
    cleanup: {
      interval,
      deadLetterQueue: new Queue(stack, "DeadLetters"),
      alarmAction: () => new LambdaAction(functions.cleanup.function, { useUniquePermissionId: true }),
    },
    ...(http !== "none" && { api: plainApi(stack) }),
    ...props,
  };
  return { stack, watched, watching: new Watching(stack, "Watching", watched) };
}

/** The template of {@link watchedStack}. */
export function watchedTemplate(options: WatchedStackOptions = {}): Template {
  return Template.fromStack(watchedStack(options).stack);
}

function plainFunction(scope: Construct, id: string): WatchedFunction {
  const logGroup = new LogGroup(scope, `${id}-log`);
  const created = new LambdaFunction(scope, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: "index.handler",
    code: Code.fromInline("exports.handler = async () => {};"),
    memorySize: 256,
    logGroup,
  });
  return { function: created, logGroup };
}

function plainApi(scope: Construct): NonNullable<WatchingProps["api"]> {
  const stage = new HttpApi(scope, "Api").defaultStage as HttpStage;
  return { stage, accessLog: new LogGroup(scope, "AccessLog") };
}
