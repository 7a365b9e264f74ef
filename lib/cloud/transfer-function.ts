import { fileURLToPath } from "node:url";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Policy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, LoggingFormat, Runtime } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";

/** What makes one function of the workflow. */
export interface TransferFunctionProps {
  /** File name below functions/, without `.ts`. */
  readonly name: string;
  /** What it does, for the Lambda console. */
  readonly description: string;
  /** Seconds it may run. */
  readonly timeoutSeconds: number;
  /** Memory, in MiB. Lambda gives processor time in proportion: one whole core at 1,769 MiB. */
  readonly memoryMiB: number;
  /** Environment variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** All it may do besides writing its log. */
  readonly statements: readonly PolicyStatement[];
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A function of the workflow: arm64, Node 24, bundled, with a log group and a role of its own. */
export class TransferFunction extends Construct {
  /** The Lambda function. */
  readonly function: NodejsFunction;
  /** Its permissions: all of them. */
  readonly policy: Policy;

  constructor(scope: Construct, id: string, props: TransferFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, "Log", {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    const writeLog = new PolicyStatement({
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      // The ARN of a log group ends in `:*`: Lambda names the streams below it.
      resources: [logGroup.logGroupArn],
    });
    this.policy = new Policy(this, "Policy", { roles: [role], statements: [writeLog, ...props.statements] });
    this.function = new NodejsFunction(this, "Function", {
      entry: `${root}functions/${props.name}.ts`,
      projectRoot: root,
      depsLockFilePath: `${root}package-lock.json`,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMiB,
      timeout: Duration.seconds(props.timeoutSeconds),
      environment: { ...props.environment },
      role: role.withoutPolicyUpdates(),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      bundling: { format: OutputFormat.CJS, target: "node24", minify: true, sourceMap: false, externalModules: [] },
    });
    this.function.node.addDependency(this.policy);
  }
}
