/** A project of the simulator whose events are told by the vendor's webhooks, to the embedded cloud's own route. */
import { environmentNames } from "../../functions/contract.ts";
import type { TransferOutput } from "../../functions/domain/transfer-output.ts";
import type { HttpEvent } from "../../functions/http-event.ts";
import { localStateMachineArn } from "../../lib/local/local-machines.ts";
import type { WebhookAttempt } from "../../lib/local/simulator/webhook-delivery.ts";
import type { WebhookEvent } from "../../lib/local/simulator/webhook-event.ts";
import {
  type NotifiedProject,
  type NotifiedProjectOptions,
  startNotifiedProject,
  webhookDeliveries,
} from "../support/notified-project.ts";
import type { DeliveryEnd } from "../support/transfer-harness.ts";
import { vendorSecret } from "../support/vendor-webhook.ts";

/** Seconds that a project renders, where a test says nothing else. */
export const renderingSeconds = 60;

/** Options of {@link startPushedProject}. */
export interface PushedProjectOptions extends Omit<NotifiedProjectOptions, "simulator"> {
  /** Events that are lost. Default none. */
  readonly lose?: (event: WebhookEvent) => boolean;
  /** Where webhooks are sent, given the cloud's own route. Default there. */
  readonly sentTo?: (route: string) => string;
}

/** How an execution of the transfer workflow ended. */
export interface ExecutionEnd {
  readonly name: string;
  readonly status: string;
  readonly error: string | undefined;
  readonly output: TransferOutput;
  /** Names of the states in the order in which they were entered. */
  readonly states: readonly string[];
}

/** A running project, and how the vendor tells of it. */
export interface PushedProject extends NotifiedProject {
  /** The cloud's route for the vendor's webhooks. */
  readonly route: string;
  /** Lets seconds pass, and the vendor send what is due then. Gives the attempts that tell of the project's end. */
  pass(seconds: number): Promise<WebhookAttempt[]>;
  /** Sends a request of somebody's own to that route, and gives the answer's status. */
  send(request: HttpEvent): Promise<number>;
  /** All transfers, oldest first, once they are over. */
  executions(): Promise<ExecutionEnd[]>;
  /** All deliveries to the receiver, once the transfers and they are over. */
  deliveries(): Promise<DeliveryEnd[]>;
}

/** Starts everything: a project that renders from now on, and that nobody has started a transfer of. */
export async function startPushedProject(options: PushedProjectOptions = {}): Promise<PushedProject> {
  const { lose, sentTo = (route: string) => route, plan, environment, ...rest } = options;
  let route = "";
  const project = await startNotifiedProject({
    ...rest,
    plan: { renderingSeconds, ...plan },
    environment: { [environmentNames.vendorWebhookSecret]: vendorSecret, ...environment },
    simulator: { webhooks: { url: () => sentTo(route), secret: vendorSecret, ...(lose && { lose }) } },
  });
  const { harness } = project;
  route = harness.cloud.vendorWebhookUrl;
  const { workflows } = harness.cloud;
  const executions = async (): Promise<ExecutionEnd[]> => {
    const listed = workflows.list(localStateMachineArn, { maxResults: 1_000 }).items.toReversed();
    const ends = await Promise.all(listed.map(({ executionArn }) => workflows.completion(executionArn)));
    return ends.map(({ executionArn, name, status, error, output = "{}" }) => {
      const { items } = workflows.history(executionArn, { maxResults: 1_000 });
      const states = items.flatMap((event) => event.stateEnteredEventDetails?.name ?? []);
      return { name, status, error, output: JSON.parse(output) as TransferOutput, states };
    });
  };
  return {
    ...project,
    route,
    async pass(seconds) {
      harness.skip(seconds);
      const attempts = await harness.simulator.sendDueWebhooks();
      return attempts.filter(({ type }) => type !== "audio.started");
    },
    async send({ headers, body = "" }) {
      const given = Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined);
      const answer = await fetch(route, { method: "POST", headers: given, body });
      await answer.arrayBuffer();
      return answer.status;
    },
    executions,
    deliveries: async () => {
      await executions();
      return await webhookDeliveries(harness);
    },
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}
