import { fileURLToPath } from "node:url";
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps, Validations } from "aws-cdk-lib";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, LoggingFormat, Runtime } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";

/** Which bucket to listen to. */
export interface OnManifestStackProps extends StackProps {
  /** Name of the bucket that transfers write to: in this account and region, and with its events on EventBridge. */
  readonly bucketName: string;
}

/** A function that is called with every manifest that a transfer writes. It imports nothing from lib: copy it freely. */
export class OnManifestStack extends Stack {
  constructor(scope: Construct, id: string, { bucketName, ...props }: OnManifestStackProps) {
    super(scope, id, { description: "Calls a function for every manifest that a transfer writes", ...props });
    const lostEvents = new Queue(this, "LostEvents", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // SQS keeps nothing for longer.
      retentionPeriod: Duration.days(14),
    });
    const readManifest = this.createFunction(bucketName, lostEvents);
    new Rule(this, "ManifestWritten", {
      description: `A transfer wrote a manifest to ${bucketName}`,
      eventPattern: {
        source: ["aws.s3"],
        detailType: ["Object Created"],
        detail: { bucket: { name: [bucketName] }, object: { key: [{ suffix: "/manifest.json" }] } },
      },
      targets: [
        new LambdaFunction(readManifest, {
          // What EventBridge cannot hand over to Lambda. Both numbers are the largest there are.
          retryAttempts: 185,
          maxEventAge: Duration.hours(24),
          deadLetterQueue: lostEvents,
        }),
      ],
    });
    new CfnOutput(this, "FunctionName", { value: readManifest.functionName });
    new CfnOutput(this, "LogGroupName", { value: readManifest.logGroup.logGroupName });
    new CfnOutput(this, "LostEventsUrl", { value: lostEvents.queueUrl, description: "Empty, unless something failed" });
  }

  private createFunction(bucketName: string, lostEvents: Queue): NodejsFunction {
    const logGroup = new LogGroup(this, "Log", {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    return new NodejsFunction(this, "ReadManifest", {
      entry: fileURLToPath(new URL("read-manifest.ts", import.meta.url)),
      description: "Reads a manifest as soon as a transfer has written it",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.seconds(30),
      // No update of its policies: what the role may do stands below, and nowhere else.
      role: this.createRole(bucketName, logGroup, lostEvents).withoutPolicyUpdates(),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // What Lambda took over and the function then failed at: EventBridge counts that as delivered. Twice is the most
      // that Lambda repeats, after one minute and after two.
      retryAttempts: 2,
      deadLetterQueue: lostEvents,
      // The SDK of the lockfile, not the one that Lambda has at the moment.
      bundling: { externalModules: [] },
    });
  }

  private createRole(bucketName: string, logGroup: LogGroup, lostEvents: Queue): Role {
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    const manifests = Bucket.fromBucketName(this, "Bucket", bucketName).arnForObjects("*/manifest.json");
    const allow = (resource: string, ...actions: string[]) =>
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
    allow(logGroup.logGroupArn, "logs:CreateLogStream", "logs:PutLogEvents");
    // By version where the bucket keeps versions, and GetObject alone where it does not.
    allow(manifests, "s3:GetObject", "s3:GetObjectVersion");
    allow(lostEvents.queueArn, "sqs:SendMessage");
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${bucketName}/*/manifest.json]`,
      reason: "Every transfer has a directory of its own, so the directory is a wildcard; the file name is not.",
    });
    return role;
  }
}
