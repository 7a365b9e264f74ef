import { Stack } from "aws-cdk-lib";
import type { IEventBus } from "aws-cdk-lib/aws-events";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { LogGroup } from "aws-cdk-lib/aws-logs";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { environmentNames, eventSource, functionTimeoutSeconds } from "../../functions/contract.ts";
import { DeliveryWorkflow } from "./delivery-workflow.ts";
import { checkEndpointList, hostList } from "./endpoints.ts";
import type { Webhook } from "./props.ts";
import { SigningSecret } from "./signing-secret.ts";
import { readSecrets, startExecutions } from "./statements.ts";
import { TransferFunction } from "./transfer-function.ts";
import { WorkflowStateMachine } from "./workflow-state-machine.ts";

/** Who is told, and how. */
export interface NotifierProps {
  /** Where outputs go: its ARN tells the events of several stacks apart. */
  readonly bucket: IBucket;
  /** What webhooks are signed with. Default: a new secret with a generated value. */
  readonly signingSecret?: ISecret;
  /** What a secret made here is encrypted with. Default: Secrets Manager's own key. */
  readonly encryptionKey?: IKey;
  /** Endpoints that are told of every transfer. Default none. */
  readonly webhooks?: readonly Webhook[];
  /** Hosts that `notify` may name. Default: any. */
  readonly notifyHosts?: readonly string[];
  /** The event bus that is told of every transfer. Default: the account's default bus. */
  readonly eventBus?: IEventBus;
}

/** What tells the world of a transfer's end: the delivery workflow, its function, and the function that starts it. */
export class Notifier extends Construct {
  /** The secret that webhooks are signed with, unless an endpoint has one of its own. */
  readonly signingSecret: ISecret;
  /** One execution of it is one delivery. */
  readonly stateMachine: StateMachine;
  /** The delivery workflow's log. */
  readonly logGroup: LogGroup;
  /** ARN of the event bus that is told of every transfer. */
  readonly eventBusArn: string;
  /** The function of the transfer workflow's `Notify`. */
  readonly notify: TransferFunction;
  /** The function that makes an attempt. */
  readonly deliver: TransferFunction;

  constructor(scope: Construct, id: string, props: NotifierProps) {
    super(scope, id);
    const { signingSecret, encryptionKey, eventBus } = props;
    this.signingSecret =
      signingSecret ?? (new SigningSecret(this, "SigningSecret", encryptionKey && { encryptionKey }) as ISecret);
    this.eventBusArn =
      eventBus?.eventBusArn ??
      Stack.of(this).formatArn({ service: "events", resource: "event-bus", resourceName: "default" });
    const endpoints = this.endpointList(props);
    this.deliver = this.createDeliver(props, endpoints);
    const { stateMachine, logGroup } = new WorkflowStateMachine(this, "Deliveries", {
      definition: new DeliveryWorkflow(this, "Workflow", this.deliver.function).definition,
      functions: [this.deliver.function],
      comment: "Delivers one event of a transfer to one endpoint; a failed execution is a dead letter",
    });
    this.stateMachine = stateMachine;
    this.logGroup = logGroup;
    this.notify = this.createNotify(props, endpoints);
  }

  /** The stack's endpoints as the functions' environment has them. */
  private endpointList({ webhooks = [] }: NotifierProps): string {
    const list = webhooks.map(({ url, signingSecret }) => ({
      url,
      ...(signingSecret && { signingSecretArn: signingSecret.secretArn }),
    }));
    checkEndpointList(JSON.stringify(list));
    return Stack.of(this).toJsonString(list);
  }

  private createDeliver({ bucket, webhooks = [], eventBus }: NotifierProps, endpoints: string): TransferFunction {
    const { signingSecret, eventBusArn } = this;
    return new TransferFunction(this, "Deliver", {
      name: "deliver",
      description: "One attempt to deliver an event: a signed POST, or an event on the bus",
      timeoutSeconds: functionTimeoutSeconds.deliver,
      memoryMiB: 256,
      environment: {
        [environmentNames.bucket]: bucket.bucketName,
        [environmentNames.signingSecretArn]: signingSecret.secretArn,
        [environmentNames.endpoints]: endpoints,
      },
      statements: [
        ...readSecrets(signingSecret, ...webhooks.flatMap((webhook) => webhook.signingSecret ?? [])),
        new PolicyStatement({
          actions: ["events:PutEvents"],
          resources: [eventBusArn],
          conditions: { StringEquals: { "events:source": eventSource } },
        }),
        // PutEvents is silent about a bus that is not there; the default bus always is.
        ...(eventBus ? [new PolicyStatement({ actions: ["events:DescribeEventBus"], resources: [eventBusArn] })] : []),
      ],
    });
  }

  private createNotify({ notifyHosts }: NotifierProps, endpoints: string): TransferFunction {
    const { stateMachine, eventBusArn } = this;
    return new TransferFunction(this, "Notify", {
      name: "notify",
      description: "Starts one delivery of a transfer's event for each endpoint",
      timeoutSeconds: functionTimeoutSeconds.notify,
      memoryMiB: 256,
      environment: {
        [environmentNames.deliveryStateMachine]: stateMachine.stateMachineArn,
        [environmentNames.eventBus]: eventBusArn,
        [environmentNames.endpoints]: endpoints,
        [environmentNames.notifyHosts]: hostList({ ...(notifyHosts && { notifyHosts }) }),
      },
      statements: [startExecutions(stateMachine)],
    });
  }
}
