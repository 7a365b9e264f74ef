import { Duration, Validations } from "aws-cdk-lib";
import type { IAlarmAction } from "aws-cdk-lib/aws-cloudwatch";
import { LambdaAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { environmentNames, functionTimeoutSeconds } from "../../functions/contract.ts";
import { acknowledgeWildcard } from "./acknowledged-wildcards.ts";
import { cleanupEnvironment } from "./cleanup-environment.ts";
import type { TransferSettings } from "./settings.ts";
import { cleanupKeys, onBucket, onObjects, readSecrets, startExecutions, writeEncrypted } from "./statements.ts";
import { TransferFunction } from "./transfer-function.ts";

/** What the cleanup works on. */
export interface CleanupProps {
  /** Where outputs and markers are. */
  readonly bucket: IBucket;
  /** Whether the bucket is this stack's alone: only then orphaned uploads are aborted, because each can only be its own. */
  readonly isOwnBucket: boolean;
  /** Holds the vendor's API key. */
  readonly apiKeySecret: ISecret;
  /** The transfer workflow: it finishes what is due. */
  readonly stateMachine: StateMachine;
  /** How often, and for how long. */
  readonly settings: TransferSettings;
}

/** Minutes between two passes unless configured otherwise: nothing is due earlier than an hour after it was left. */
const defaultIntervalMinutes = 60;

/** The scheduled pass that finishes what transfers left, its rule, and the queue for what failed. */
export class Cleanup extends Construct {
  /** The function that makes a pass. */
  readonly transferFunction: TransferFunction;
  /** Calls it on schedule. */
  readonly rule: Rule;
  /** Time between two calls of the schedule. */
  readonly interval: Duration;
  /**
   * Calls that came to nothing: the schedule's that could not be handed over to Lambda, and passes that failed three
   * times. Nothing needs to be replayed, because the next pass begins where the last one stopped; but somebody should look.
   */
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: CleanupProps) {
    super(scope, id);
    this.deadLetterQueue = this.createQueue();
    this.transferFunction = this.createFunction(props);
    this.interval = Duration.minutes(props.settings.cleanupIntervalMinutes ?? defaultIntervalMinutes);
    this.rule = new Rule(this, "Schedule", {
      description: "Finishes what transfers of Magic Hour audio left: deletions, re-checks, retention",
      schedule: Schedule.rate(this.interval),
      targets: [
        new LambdaFunction(this.transferFunction.function, {
          deadLetterQueue: this.deadLetterQueue,
          // An hour of attempts; then the next call is near, or there already.
          maxEventAge: Duration.hours(1),
        }),
      ],
    });
  }

  /** Lets any CloudWatch alarm make a pass: `alarm.addAlarmAction(transfer.cleanup.alarmAction())`. */
  alarmAction(): IAlarmAction {
    // Each alarm gets a permission of its own, and so a name of its own.
    return new LambdaAction(this.transferFunction.function, { useUniquePermissionId: true });
  }

  private createQueue(): Queue {
    const queue = new Queue(this, "DeadLetters", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // SQS keeps nothing for longer.
      retentionPeriod: Duration.days(14),
    });
    // The first rule looks for dead-letter queues at other queues and functions only, not at rules and destinations.
    for (const id of ["AwsSolutions-SQS3", "Serverless-SQSRedrivePolicy"]) {
      Validations.of(queue).acknowledge({
        id,
        reason:
          "This is the dead-letter queue: nobody consumes it, so nothing could fail often enough to be moved to another.",
      });
    }
    return queue;
  }

  private createFunction(props: CleanupProps): TransferFunction {
    const { bucket, isOwnBucket, apiKeySecret, stateMachine, settings } = props;
    const created = new TransferFunction(this, "Pass", {
      name: "cleanup",
      description: "One pass of the cleanup: starts what is due",
      timeoutSeconds: functionTimeoutSeconds.cleanup,
      memoryMiB: 512,
      environment: {
        [environmentNames.apiKeySecret]: apiKeySecret.secretArn,
        [environmentNames.bucket]: bucket.bucketName,
        [environmentNames.transferStateMachine]: stateMachine.stateMachineArn,
        ...cleanupEnvironment(settings),
        ...(isOwnBucket && { [environmentNames.abortOrphanedUploads]: "true" }),
      },
      statements: [
        ...readSecrets(apiKeySecret),
        startExecutions(stateMachine),
        listCleanupKeys(bucket),
        onObjects(bucket, cleanupKeys, "s3:GetObject", "s3:PutObject"),
        ...writeEncrypted(bucket),
        ...(isOwnBucket ? abortUploads(bucket) : []),
      ],
      failedEvents: this.deadLetterQueue,
    });
    acknowledgeWildcard(
      created.policy,
      bucket.arnForObjects(cleanupKeys),
      "Keys of markers and cursors hold times, so they are a wildcard; no output is below this prefix.",
    );
    if (isOwnBucket) {
      const reason = "An orphaned upload may be of any key. It is no object: no function may delete one.";
      acknowledgeWildcard(created.policy, bucket.arnForObjects("*"), reason);
    }
    return created;
  }
}

function listCleanupKeys(bucket: IBucket): PolicyStatement {
  return new PolicyStatement({
    actions: ["s3:ListBucket"],
    resources: [bucket.bucketArn],
    conditions: { StringLike: { "s3:prefix": cleanupKeys } },
  });
}

function abortUploads(bucket: IBucket): PolicyStatement[] {
  return [onBucket(bucket, "s3:ListBucketMultipartUploads"), onObjects(bucket, "*", "s3:AbortMultipartUpload")];
}
