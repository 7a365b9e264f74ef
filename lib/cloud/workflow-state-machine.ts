import { RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { Policy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { type DefinitionBody, LogLevel, StateMachine, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";

/** What makes a state machine. */
export interface WorkflowStateMachineProps {
  /** The definition. */
  readonly definition: DefinitionBody;
  /** The functions that its tasks call: it may call no other. */
  readonly functions: readonly IFunction[];
  /** What it does, for the Step Functions console. */
  readonly comment: string;
}

/** A Standard state machine, traced, with its log group and a role that may call its functions only. */
export class WorkflowStateMachine extends Construct {
  /** The state machine. */
  readonly stateMachine: StateMachine;
  /** Its log: every event, without the data. */
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, { definition, functions, comment }: WorkflowStateMachineProps) {
    super(scope, id);
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("states.amazonaws.com") });
    const policy = this.policyFor(role, functions);
    this.logGroup = new LogGroup(this, "Log", {
      // Under this prefix log delivery needs no entry in the account's resource policy, which is bounded in size
      // (Step Functions Developer Guide, "Logging using CloudWatch Logs"). The stack's name keeps two stacks apart.
      logGroupName: `/aws/vendedlogs/states/${Stack.of(this).stackName}-${this.node.addr.slice(0, 8)}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.stateMachine = new StateMachine(this, "StateMachine", {
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: definition,
      comment,
      role: role.withoutPolicyUpdates(),
      tracingEnabled: true,
      // Input metadata is the caller's: it stays in the execution's history, and out of the log.
      logs: { level: LogLevel.ALL, includeExecutionData: false, destination: this.logGroup },
    });
    this.stateMachine.node.addDependency(policy);
  }

  private policyFor(role: Role, functions: readonly IFunction[]): Policy {
    const policy = new Policy(this, "Policy", {
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: ["lambda:InvokeFunction"],
          resources: functions.map(({ functionArn }) => functionArn),
        }),
        new PolicyStatement({
          actions: [
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
          ],
          resources: ["*"],
        }),
        new PolicyStatement({
          actions: [
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
          ],
          resources: ["*"],
        }),
      ],
    });
    Validations.of(policy).acknowledge({
      id: "AwsSolutions-IAM5[Resource::*]",
      reason:
        "The log delivery and X-Ray actions that Step Functions needs have no resource types, so IAM takes no other resource for them than *.",
    });
    return policy;
  }
}
