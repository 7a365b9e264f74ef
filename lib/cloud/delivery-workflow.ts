import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Choice, Condition, DefinitionBody, Fail, Succeed, Wait, WaitTime } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { functionTimeoutSeconds } from "../../functions/contract.ts";
import type { DeliveryErrorName } from "../../functions/domain/errors.ts";
import { beginState, lambdaTask, namedFailure, unnamedFailure } from "./lambda-task.ts";
import { whenKilled, whenLambdaFails, whenThrottled } from "./retry-policies.ts";

/** The error that a function throws itself: an input that is no delivery. */
const thrown: DeliveryErrorName[] = ["InvalidInput"];

/** What all other errors end as. */
const otherwise: DeliveryErrorName = "DeliveryFailed";

/**
 * The definition of the delivery workflow (Standard, JSONPath): one event to one endpoint, by the delivery schedule. Its
 * state is `DeliveryState` of functions/contract.ts. A failed execution is the dead letter: its input can be started again.
 */
export class DeliveryWorkflow extends Construct {
  /** For a `StateMachine`. */
  readonly definition: DefinitionBody;

  /** @param deliver the function that makes one attempt */
  constructor(scope: Construct, id: string, deliver: IFunction) {
    super(scope, id);
    const delivered = new Succeed(this, "Delivered", { outputPath: "$.output" });
    const undelivered = new Fail(this, "Undelivered", {
      errorPath: "$.failure.error",
      causePath: "$.failure.detail.errorMessage",
    });
    // An attempt repeated because the function died is the same attempt: it carries the same message id.
    const attempt = lambdaTask(this, "Attempt", {
      lambdaFunction: deliver,
      seconds: functionTimeoutSeconds.deliver,
      retries: [whenThrottled, whenLambdaFails, whenKilled],
    });
    const wait = new Wait(this, "Wait", { time: WaitTime.secondsPath("$.attempt.waitSeconds") });
    attempt.next(
      new Choice(this, "Delivered?")
        .when(Condition.stringEquals("$.attempt.outcome", "delivered"), delivered)
        .when(Condition.stringEquals("$.attempt.outcome", "retry"), wait.next(attempt))
        .otherwise(undelivered),
    );
    const named = namedFailure(this, "Named failure").next(undelivered);
    const unnamed = unnamedFailure(this, "Unnamed failure", otherwise).next(undelivered);
    attempt.addCatch(named, { errors: thrown, resultPath: "$.caught" });
    attempt.addCatch(unnamed, { errors: ["States.ALL"], resultPath: "$.caught" });
    this.definition = DefinitionBody.fromChainable(beginState(this).next(attempt));
  }
}
