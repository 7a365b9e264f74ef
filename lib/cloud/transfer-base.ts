import type { Metric, MetricOptions } from "aws-cdk-lib/aws-cloudwatch";
import { type EventPattern, type IEventBus, type IRuleTarget, Rule } from "aws-cdk-lib/aws-events";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { eventSource } from "../../functions/contract.ts";
import type { TransferEventType } from "../../functions/domain/event.ts";
import { manifestName } from "../../functions/domain/object-key.ts";
import { executionsOf } from "./api-functions.ts";
import type { TransferApi } from "./transfer-api.ts";

/** Most targets that one rule takes (EventBridge quotas). */
const mostTargets = 5;

/** What others may do with a transfer: be granted to use it, hear of its events, and look at its metrics. */
export abstract class AudioTransferBase extends Construct {
  /** Where outputs go. */
  abstract readonly bucket: IBucket;
  /** Start an execution of it with `{"id": "<project id>"}`. */
  abstract readonly stateMachine: StateMachine;
  /** The HTTP API, unless it is switched off. */
  abstract readonly api?: TransferApi;
  /** The event bus that is told of every transfer, where it is not the account's default bus. */
  abstract readonly eventBus?: IEventBus;

  private readonly targetCounts = new Map<string, number>();

  /** Lets someone start transfers, by `StartExecution`. */
  grantStart(grantee: IGrantable): Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /** Lets someone see how transfers go, by `DescribeExecution` and `GetExecutionHistory`. */
  grantFollow(grantee: IGrantable): Grant {
    return this.grantOnExecutions(grantee, "states:DescribeExecution", "states:GetExecutionHistory");
  }

  /** Lets someone stop transfers, by `StopExecution`. */
  grantStop(grantee: IGrantable): Grant {
    return this.grantOnExecutions(grantee, "states:StopExecution");
  }

  /** Lets someone call the HTTP API: all of its routes. @throws {Error} when it is switched off */
  grantInvokeApi(grantee: IGrantable): Grant {
    if (!this.api) throw new Error("grantInvokeApi: needs httpApi");
    return this.api.grantInvoke(grantee);
  }

  /**
   * Calls a target at the end of transfers of this stack, of all with that type of event.
   * @returns the rule; the first five targets of a type share one, and so on
   */
  onEvent(type: TransferEventType, target: IRuleTarget): Rule {
    const name = type.replaceAll(/(?:^|[._])([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return this.addTarget(`On${name}`, target, (id) => {
      const options = this.eventBus && { eventBus: this.eventBus };
      return new Rule(this, id, { ...options, eventPattern: this.eventPattern(type) });
    });
  }

  /** Calls a target for every transfer that is complete: verified in S3, unless nothing was to be copied. */
  onCompleted(target: IRuleTarget): Rule {
    return this.onEvent("transfer.completed", target);
  }

  /** Calls a target for every transfer that failed, for any reason but the two below. */
  onFailed(target: IRuleTarget): Rule {
    return this.onEvent("transfer.failed", target);
  }

  /** Calls a target for every transfer whose project was canceled at the vendor. */
  onCanceled(target: IRuleTarget): Rule {
    return this.onEvent("transfer.canceled", target);
  }

  /** Calls a target for every transfer whose project was still pending at the deadline. */
  onTimedOut(target: IRuleTarget): Rule {
    return this.onEvent("transfer.timed_out", target);
  }

  /**
   * Calls a target with S3's event for every manifest that is written: whoever sees one may trust that all it lists is
   * there. Needs a bucket that sends its events to EventBridge, as the one made here does.
   */
  onManifest(target: IRuleTarget): Rule {
    const { bucketName } = this.bucket;
    const detail = { bucket: { name: [bucketName] }, object: { key: [{ suffix: `/${manifestName}` }] } };
    return this.addTarget("OnManifest", target, (id) => {
      return new Rule(this, id, { eventPattern: { source: ["aws.s3"], detailType: ["Object Created"], detail } });
    });
  }

  /**
   * The pattern of this stack's events, for a rule of your own, which may narrow it by `detail`. The bucket tells stacks
   * apart that share a bus.
   */
  eventPattern(...types: readonly TransferEventType[]): EventPattern {
    const pattern = { source: [eventSource], resources: [this.bucket.bucketArn] };
    return types.length > 0 ? { ...pattern, detailType: [...types] } : pattern;
  }

  /** Transfers started. @default sum over 5 minutes, as for all of these */
  metricStarted(options?: MetricOptions): Metric {
    return this.stateMachine.metricStarted(options);
  }

  /** Transfers that succeeded. */
  metricSucceeded(options?: MetricOptions): Metric {
    return this.stateMachine.metricSucceeded(options);
  }

  /** Transfers that failed: for every reason, also because the project failed or was canceled. */
  metricFailed(options?: MetricOptions): Metric {
    return this.stateMachine.metricFailed(options);
  }

  /** Transfers that Step Functions ended after a year. What passes its own deadline has failed, with `DeadlineExceeded`. */
  metricTimedOut(options?: MetricOptions): Metric {
    return this.stateMachine.metricTimedOut(options);
  }

  /** State transitions that Step Functions throttled, and then repeated. */
  metricThrottled(options?: MetricOptions): Metric {
    return this.stateMachine.metricThrottled(options);
  }

  /** Transfers that somebody stopped. */
  metricAborted(options?: MetricOptions): Metric {
    return this.stateMachine.metricAborted(options);
  }

  private grantOnExecutions(grantee: IGrantable, ...actions: string[]): Grant {
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [executionsOf(this.stateMachine)] });
  }

  private addTarget(id: string, target: IRuleTarget, create: (id: string) => Rule): Rule {
    const count = this.targetCounts.get(id) ?? 0;
    this.targetCounts.set(id, count + 1);
    const number = Math.floor(count / mostTargets) + 1;
    const name = number === 1 ? id : `${id}${number}`;
    const rule = (this.node.tryFindChild(name) as Rule | undefined) ?? create(name);
    rule.addTarget(target);
    return rule;
  }
}
