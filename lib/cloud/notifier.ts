import { Arn, ArnFormat, Stack, Token } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { type ISecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { environmentNames, eventSource, functionTimeoutSeconds } from "../../functions/contract.ts";
import { type AudioTransferConfig, endpointList, hostList } from "./config.ts";
import { DeliveryWorkflow } from "./delivery-workflow.ts";
import { SigningSecret } from "./signing-secret.ts";
import { TransferFunction } from "./transfer-function.ts";
import { WorkflowStateMachine } from "./workflow-state-machine.ts";

/** What tells the world of a transfer's end: the delivery workflow, its function, and the function that starts it. */
export class Notifier extends Construct {
  /** The secret that webhooks are signed with, unless an endpoint has one of its own. */
  readonly signingSecret: ISecret;
  /** One execution of it is one delivery. */
  readonly stateMachine: StateMachine;
  /** ARN of the event bus that is told of every transfer. */
  readonly eventBusArn: string;
  /** The function of the transfer workflow's `Notify`. */
  readonly notify: TransferFunction;
  /** The function that makes an attempt. */
  readonly deliver: TransferFunction;

  constructor(scope: Construct, id: string, config: AudioTransferConfig) {
    super(scope, id);
    this.signingSecret = config.signingSecretArn
      ? Secret.fromSecretCompleteArn(this, "SigningSecret", config.signingSecretArn)
      : (new SigningSecret(this, "SigningSecret") as ISecret);
    this.eventBusArn =
      config.eventBusArn ??
      Stack.of(this).formatArn({ service: "events", resource: "event-bus", resourceName: "default" });
    checkRegion(this, this.eventBusArn);
    this.deliver = this.createDeliver(config);
    this.stateMachine = new WorkflowStateMachine(this, "Deliveries", {
      definition: new DeliveryWorkflow(this, "Workflow", this.deliver.function).definition,
      functions: [this.deliver.function],
      comment: "Delivers one event of a transfer to one endpoint; a failed execution is a dead letter",
    }).stateMachine;
    this.notify = this.createNotify(config);
  }

  private createDeliver(config: AudioTransferConfig): TransferFunction {
    const { signingSecret, eventBusArn } = this;
    const own = (config.webhooks ?? []).flatMap(({ signingSecretArn }) => signingSecretArn ?? []);
    return new TransferFunction(this, "Deliver", {
      name: "deliver",
      description: "One attempt to deliver an event: a signed POST, or an event on the bus",
      timeoutSeconds: functionTimeoutSeconds.deliver,
      memoryMiB: 256,
      environment: {
        [environmentNames.signingSecretArn]: signingSecret.secretArn,
        [environmentNames.endpoints]: endpointList(config),
      },
      statements: [
        new PolicyStatement({
          actions: ["secretsmanager:GetSecretValue"],
          resources: [...new Set([signingSecret.secretArn, ...own])],
        }),
        new PolicyStatement({
          actions: ["events:PutEvents"],
          resources: [eventBusArn],
          conditions: { StringEquals: { "events:source": eventSource } },
        }),
        // PutEvents is silent about a bus that is not there; the default bus always is.
        ...(config.eventBusArn
          ? [new PolicyStatement({ actions: ["events:DescribeEventBus"], resources: [eventBusArn] })]
          : []),
      ],
    });
  }

  private createNotify(config: AudioTransferConfig): TransferFunction {
    const { stateMachine, eventBusArn } = this;
    return new TransferFunction(this, "Notify", {
      name: "notify",
      description: "Starts one delivery of a transfer's event for each endpoint",
      timeoutSeconds: functionTimeoutSeconds.notify,
      memoryMiB: 256,
      environment: {
        [environmentNames.deliveryStateMachine]: stateMachine.stateMachineArn,
        [environmentNames.eventBus]: eventBusArn,
        [environmentNames.endpoints]: endpointList(config),
        [environmentNames.notifyHosts]: hostList(config),
      },
      statements: [
        new PolicyStatement({ actions: ["states:StartExecution"], resources: [stateMachine.stateMachineArn] }),
      ],
    });
  }
}

/** PutEvents takes buses of its own region only. Looked at where both are known. @throws {Error} with both regions */
function checkRegion(scope: Construct, eventBusArn: string): void {
  const { region } = Stack.of(scope);
  if (Token.isUnresolved(eventBusArn) || Token.isUnresolved(region)) return;
  const { region: ofBus } = Arn.split(eventBusArn, ArnFormat.SLASH_RESOURCE_NAME);
  if (ofBus !== region) throw new Error(`eventBusArn: must be of the stack's region ${region}, got ${ofBus}`);
}
