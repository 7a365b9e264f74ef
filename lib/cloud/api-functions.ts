import { ArnFormat, Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { environmentNames, functionTimeoutSeconds } from "../../functions/contract.ts";
import { acknowledgeWildcard } from "./acknowledged-wildcards.ts";
import { keyIsChosen, wholeCore } from "./copying-functions.ts";
import { hostList } from "./endpoints.ts";
import type { TransferSettings } from "./settings.ts";
import { onBucket, onObjects, readEncrypted, readSecrets, startExecutions } from "./statements.ts";
import { TransferFunction } from "./transfer-function.ts";

/** What the API's function works on. */
export interface ApiFunctionProps {
  /** Where outputs go. */
  readonly bucket: IBucket;
  /** Holds the vendor's API key. */
  readonly apiKeySecret: ISecret;
  /** The transfer workflow. */
  readonly stateMachine: StateMachine;
  /** What inputs may ask for. */
  readonly settings: TransferSettings;
}

/** ARN of all executions of a state machine: their names are the callers'. */
export function executionsOf(stateMachine: StateMachine): string {
  return Stack.of(stateMachine).formatArn({
    service: "states",
    resource: "execution",
    resourceName: `${stateMachine.stateMachineName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** The function behind the API's routes. */
export function apiFunction(scope: Construct, props: ApiFunctionProps): TransferFunction {
  const { bucket, apiKeySecret, stateMachine, settings } = props;
  const executions = executionsOf(stateMachine);
  const created = new TransferFunction(scope, "Api", {
    name: "api",
    description: "Starts, shows and stops transfers, and shows and deletes projects, for callers of the HTTP API",
    timeoutSeconds: functionTimeoutSeconds.api,
    // A deletion reads every byte back and hashes it, while the caller waits.
    memoryMiB: wholeCore,
    environment: {
      [environmentNames.apiKeySecret]: apiKeySecret.secretArn,
      [environmentNames.bucket]: bucket.bucketName,
      [environmentNames.transferStateMachine]: stateMachine.stateMachineArn,
      [environmentNames.notifyHosts]: hostList(settings),
    },
    statements: [
      ...readSecrets(apiKeySecret),
      startExecutions(stateMachine),
      new PolicyStatement({ actions: ["states:DescribeExecution", "states:StopExecution"], resources: [executions] }),
      onObjects(bucket, "*", "s3:GetObject"),
      onBucket(bucket, "s3:ListBucket"),
      ...readEncrypted(bucket),
    ],
  });
  acknowledgeWildcard(created.policy, bucket.arnForObjects("*"), keyIsChosen);
  const reason = "A caller names its execution, so the name is a wildcard; no statement covers another state machine.";
  acknowledgeWildcard(created.policy, executions, reason);
  return created;
}

/** What the function of the vendor's webhook works on. */
export interface WebhookFunctionProps {
  /** The transfer workflow. */
  readonly stateMachine: StateMachine;
  /** What the vendor signs with. */
  readonly secret: ISecret;
  /** Input of the transfers that it starts, without `id`. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** The function behind the public route. */
export function webhookFunction(scope: Construct, props: WebhookFunctionProps): TransferFunction {
  const { stateMachine, secret, input } = props;
  return new TransferFunction(scope, "ReceiveWebhook", {
    name: "receive-webhook",
    description: "Starts the transfer of a project when the vendor's signed webhook says that it has settled",
    timeoutSeconds: functionTimeoutSeconds.receiveWebhook,
    // The vendor waits 10 s, a cold start included: 512 MiB have a third of a core for it.
    memoryMiB: 512,
    environment: {
      [environmentNames.transferStateMachine]: stateMachine.stateMachineArn,
      [environmentNames.vendorWebhookSecretArn]: secret.secretArn,
      [environmentNames.vendorWebhookInput]: Stack.of(scope).toJsonString(input),
    },
    statements: [...readSecrets(secret), startExecutions(stateMachine)],
  });
}
