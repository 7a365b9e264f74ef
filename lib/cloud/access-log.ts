import { RemovalPolicy, Stack } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import { type IAccessLogSettings, LogGroupLogDestination } from "aws-cdk-lib/aws-apigatewayv2";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";

/**
 * What is logged of a request: who called which route, what it came to, and how long it took. No path, no query string, no
 * header: they may hold what the caller keeps to himself. `lambdaRequestId` leads to the function's own lines.
 * (API Gateway Developer Guide, "Customize HTTP API access logs".)
 */
const fields = {
  time: "$context.requestTimeEpoch",
  requestId: "$context.requestId",
  lambdaRequestId: "$context.integration.requestId",
  caller: "$context.identity.userArn",
  sourceIp: "$context.identity.sourceIp",
  routeKey: "$context.routeKey",
  status: "$context.status",
  functionStatus: "$context.integration.status",
  refusal: "$context.error.responseType",
  milliseconds: "$context.responseLatency",
  functionMilliseconds: "$context.integrationLatency",
  bytes: "$context.responseLength",
};

/** The access log of the HTTP API: one JSON object a request, kept for three months. */
export class AccessLog extends Construct {
  /** The log. */
  readonly logGroup: LogGroup;
  /** For a stage. */
  readonly settings: IAccessLogSettings;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.logGroup = new LogGroup(this, "Log", {
      // Under this prefix log delivery needs no entry in the account's resource policy, which is bounded in size (see
      // WorkflowStateMachine). The stack's name keeps two stacks apart.
      logGroupName: `/aws/vendedlogs/apigateway/${Stack.of(this).stackName}-${this.node.addr.slice(0, 8)}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.settings = {
      destination: new LogGroupLogDestination(this.logGroup),
      format: AccessLogFormat.custom(JSON.stringify(fields)),
    };
  }
}
