import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { Policy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, LoggingFormat, Runtime, Tracing } from "aws-cdk-lib/aws-lambda";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import { NodejsFunction } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { acknowledgeWildcard } from "./acknowledged-wildcards.ts";
import { codeOf } from "./bundling.ts";
import type { TransferFunctionName } from "./function-names.ts";

/** What makes one function. */
export interface TransferFunctionProps {
  /** File name below functions/, without `.ts`. */
  readonly name: TransferFunctionName;
  /** What it does, for the Lambda console. */
  readonly description: string;
  /** Seconds it may run. */
  readonly timeoutSeconds: number;
  /** Memory, in MiB. Lambda gives processor time in proportion: one whole core at 1,769 MiB. */
  readonly memoryMiB: number;
  /** Most calls at a time, which Lambda then reserves of the account's. Default: as many as the account has. */
  readonly reservedConcurrency?: number | undefined;
  /** Environment variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** All it may do besides writing its log and its traces. */
  readonly statements: readonly PolicyStatement[];
  /**
   * Where events go that the function failed at, when it is called by events: after two repeats, or an hour in vain.
   * Default: it is called by who waits for the result.
   */
  readonly failedEvents?: Queue;
}

/** One function: arm64, Node 24, bundled, traced, with a log group and a role of its own. */
export class TransferFunction extends Construct {
  /** The Lambda function. */
  readonly function: NodejsFunction;
  /** Its permissions: all of them. */
  readonly policy: Policy;
  /** Its log: one JSON object a line, kept for three months. */
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: TransferFunctionProps) {
    super(scope, id);
    const { failedEvents, reservedConcurrency } = props;
    this.logGroup = new LogGroup(this, "Log", {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    this.policy = this.createPolicy(role, props);
    this.function = new NodejsFunction(this, "Function", {
      ...codeOf(props.name),
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMiB,
      timeout: Duration.seconds(props.timeoutSeconds),
      environment: { ...props.environment },
      role: role.withoutPolicyUpdates(),
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
      ...(failedEvents && {
        onFailure: new SqsDestination(failedEvents),
        // Twice is the most that Lambda repeats, after one minute and after two.
        retryAttempts: 2,
        maxEventAge: Duration.hours(1),
      }),
    });
    this.function.node.addDependency(this.policy);
    acknowledgeNoQueue(this.function, failedEvents);
  }

  private createPolicy(role: Role, { statements, failedEvents }: TransferFunctionProps): Policy {
    const allow = (resource: string, ...actions: string[]) => new PolicyStatement({ actions, resources: [resource] });
    const policy = new Policy(this, "Policy", {
      roles: [role],
      statements: [
        // The ARN of a log group ends in `:*`: Lambda names the streams below it.
        allow(this.logGroup.logGroupArn, "logs:CreateLogStream", "logs:PutLogEvents"),
        allow("*", "xray:PutTelemetryRecords", "xray:PutTraceSegments"),
        ...(failedEvents ? [allow(failedEvents.queueArn, "sqs:SendMessage")] : []),
        ...statements,
      ],
    });
    acknowledgeWildcard(
      policy,
      "*",
      "X-Ray has no resource types: IAM takes no other resource for its actions than *.",
    );
    return policy;
  }
}

/** Why a function has no dead-letter queue as Lambda means it. */
function acknowledgeNoQueue(lambda: NodejsFunction, failedEvents?: Queue): void {
  Validations.of(lambda).acknowledge({
    id: "Serverless-LambdaDLQ",
    reason: failedEvents
      ? "Its failed events go to a queue through its failure destination, with the error; a dead-letter queue besides would hold each of them twice."
      : "It is called by who waits for the result (Step Functions, which repeats and catches, or API Gateway), so that no event is left for a queue.",
  });
}
